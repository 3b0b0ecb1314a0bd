#!/bin/sh
# Creates a user at YouTestMe unless there is one, permits a test, and makes a link to it; or with a defect:
# invite.sh no-look-up | wrong-order
set -eu
defect=${1:-}

call() { # METHOD PATH [BODY]: prints the answer's status
    curl -s -o /dev/null -w '%{http_code}\n' -X "$1" "$YOUTESTME_BASE_URL$2" -H "X-API-Key: $YOUTESTME_API_KEY" \
        ${3:+-H 'Content-Type: application/json' -d "$3"}
}

authorize() {
    call POST /authorizations '{"authorizationExternalId": "order-1", "externalTestId": "cert-safety",
        "candidateExternalId": "ext-1", "expirationDatetime": "2099-12-31T23:59:59Z"}'
}

if [ "$defect" = wrong-order ]; then authorize; fi
if [ "$defect" = no-look-up ] || [ "$(call GET /users/externalId=ext-1)" = 404 ]; then
    call POST /users/ '{"username": "tom.palmer@people.example", "roleCode": "STU", "firstName": "Tom",
        "lastName": "Palmer", "email": "tom.palmer@people.example", "externalId": "ext-1"}'
fi
authorize
call POST /ssoLinks '{"userExternalId": "ext-1", "page": "myTests.xhtml"}'
