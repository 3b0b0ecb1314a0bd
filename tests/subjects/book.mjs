// Books a proctored session at SmarterProctoring and opens its onboarding, as the vendor's guide wants it;
// or with a defect: node book.mjs goes-on | invented-sid | too-early | stored-link | text-for-number
const { SMARTERPROCTORING_BASE_URL: base, SMARTERPROCTORING_INSTALL_SID: install } = process.env;
const defect = process.argv[2];
const careless = ["goes-on", "invented-sid", "too-early"].includes(defect);

async function call(method, path, body) {
  const answer = await fetch(base + path, {
    method,
    headers: { token: process.env.SMARTERPROCTORING_TOKEN, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok && !careless) throw new Error(`${method} ${path} was answered ${answer.status}`);
  return answer.json();
}

const made = await call("POST", `/v2/installs/${install}/provision`, {
  course: { ids: { external: "acme" }, title: "Acme Corp", code: "ACME-1" },
  exam: {
    ids: { external: "physics-1" },
    title: defect === "goes-on" ? undefined : "Physics",
    limitedScope: true,
    configuration: {
      url: "https://exams.example/physics-1",
      access: { open: "2020-01-01T00:00:00Z", close: "2099-01-01T00:00:00Z" },
      duration: defect === "text-for-number" ? "60" : 60,
      password: "fake-password",
      proctorTypes: { TS4b894875d26194988853e490dfb9bc41: {} },
    },
  },
  user: { ids: { external: "user-789" }, firstName: "Jane", lastName: "Smith", email: "jane@people.example" },
});
const [course, exam, enrollment] = ["course", "exam", "enrollment"].map((each) => made[each]?.sid);
const examInPath = defect === "invented-sid" ? "physics-1" : exam;
await call("PUT", `/v1/installs/${install}/courses/${course}/exams/${examInPath}/assignments`, {
  add: [{ enrollmentSid: enrollment }],
});
const listed = await call(
  "GET",
  `/v1/installs/${install}/enrollments/${enrollment}/exams/${exam}/sessions?includeActive=true`,
);
const session = `/v1/installs/${install}/exams/${exam}/sessions/${listed.results?.[0]?.sid}`;
if (defect === "too-early") await call("GET", `${session}/onboard`);
await call("POST", session, {
  type: "automated",
  appointmentDateTime: new Date(Date.now() + 3_600_000).toISOString(),
});
const { url } = await call("GET", `${session}/onboard`);
for (let visits = defect === "stored-link" ? 2 : 1; url && visits > 0; visits--) await fetch(url);
console.log("Done.");
