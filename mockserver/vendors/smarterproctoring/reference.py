"""What SmarterProctoring has for every account: proctor types, location types, permitted items, modality options."""

from collections.abc import Mapping
from dataclasses import dataclass

AUTOMATED_WITH_REVIEW = "TS9531c6b112f145018dae3cd2a9f60c4c"

PROCTOR_TYPES: Mapping[str, str] = {
    "TS4b894875d26194988853e490dfb9bc41": "Live Online",
    AUTOMATED_WITH_REVIEW: "Automated w/ Review",
    "TS63dda27a6ba54c218449b934b7bb1ba8": "Automated",
    "TS9235d47c69d14e8aa8efb704abda9059": "Live (3rd party)",
    "TS164bcc8c5456483cab4efbed1b597aa9": "Automated w/ Review via ProctorU",
    "TS9bfc343debfc491bb40b7d9eee384690": "Automated via ProctorU",
    "TS6d6011935f4646848ea4f7a29b4f61a5": "Virtual Test Center",
    "TSbff39e6956b84f6399ecaac991d9a529": "Institution Test Center",
    "TS53e490dfb9bc414b894875d261949888": "Professional Test Center",
    "TSa2f6350b6b9c4b92804fab5f51f5f6b6": "NCTA Test Center",
    "TS4022bcd690754e629ea9b4f842f51c12": "Business Professional",
    "TS75721782c0ec447596322e00711f0ca9": "Government",
    "TSf2372716b074429a8253af78afd3d51c": "General Public",
    "TSa7af29f68bec48feb364b9f1f543fd80": "Educational Administrator",
    "TS1d268529fcdd4ec3a55be4eedd372213": "Correctional Education Officer",
    "TSc095733eb985473ebb0f7c55b282637d": "Higher Education Instructor",
    "TS884e9462ccf044ab961c56d8a339e5bb": "Notary",
    "TSaa7f6ef6f6f948ff8d48777eba7e99a5": "Military Personnel",
    "TSb492aa08991647c2b6a5beb2347bc3a7": "Education Professional",
    "TS5cf7d6a3a29c46deadf5659ba8ba9d39": "Clergy",
    "TS62e5c5ff86834c1d9f49249697d94d35": "K-12 (inactive)",
    "TSde44f39d587d4acc8d6c3fc8a8aa7282": "Testing Administrator",
    "TSc93c23e553ba4e2f9758e3f0649b667b": "Instructor as Proctor",
    "TS346fbe6cbb27420abab2dfae7042d0d3": "Disability Center",
    "TS7c3752922df64d5ea40f58189327bc85": "Law Enforcement",
    "TSd472cf390f27476e90e0eb0ee7409eef": "Human Resources Officer",
    "TS089e18d8e6594edcbe9fe55cab8ca631": "Court",
    "TS6885ba69fd2e4e0d8ef34620add4f2ae": "Military Education Officer",
    "TS87ac10b2e9a7425f8451598306496ab8": "K-12 (active)",
    "TS5553fa14b62548c5951f617a6412c5bc": "Military Base Test Center",
    "TSf8cc28ebd2e6451dbe888ff0a0ca8837": "High School Test Center",
    "TSa8c21e75eff0434bb42cd10909d169a9": "Librarian",
    "TS0e3bd6f03e37469a94a58c223826ab64": "Professional Education Center",
}

MODALITY_OPTIONS = (
    "recordScreen",
    "recordWebcam",
    "recordAudio",
    "forceFullScreen",
    "onlyOneScreen",
    "disableNewTabs",
    "closeOpenTabs",
    "disablePrinting",
    "disableClipboard",
    "disableRightClick",
    "verifyId",
    "roomScan",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationType:
    """A kind of place where an exam can be taken."""

    sid: str
    name: str
    key: str = "in-person"


LOCATION_TYPES = (
    LocationType(sid="LT3ddbab9b6a1f40c385e7efc015967034", name="Classroom"),
    LocationType(sid="LT1fef2992eda74744a432dc963c9877ed", name="Coffee Shop"),
    LocationType(sid="LTe1f2452810d34266864938b4cc8c8f0e", name="Computer Lab"),
    LocationType(sid="LT79a424a742534a7689bb5f0803626bc6", name="Library"),
    LocationType(sid="LT5e18eda572134379939dd2ef766ebf43", name="Office"),
    LocationType(sid="LT7068df1ade4846abb0e7612c51d7d141", name="Testing Center"),
    LocationType(sid="LT07b8055c8a9c457c82c58b235a05d53b", name="Online", key="online"),
)
