"""A relying party written with Authlib.

Takes its settings as JSON on the first line of standard input, prints one JSON object a line for each step, and reads the
callback URL as the second line: the browser is the caller's.
"""

import json
import sys
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken, UserInfo
from joserfc import jwt
from joserfc.jwk import KeySet

TIMEOUT = 20


def tell(**what):
    print(json.dumps(what), flush=True)


def get_json(url):
    answer = requests.get(url, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.json()


def verified(raw, keys, metadata, client_id, nonce, access_token):
    """Verifies an ID token: signature, and with Authlib's rules issuer, audience, times, nonce and at_hash."""
    token = jwt.decode(raw, keys, algorithms=metadata["id_token_signing_alg_values_supported"])
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={"iss": {"essential": True, "value": metadata["issuer"]}, "aud": {"essential": True, "value": client_id}},
        params={"client_id": client_id, "nonce": nonce, "access_token": access_token},
    )
    claims.validate(leeway=10)
    return claims


def main():
    settings = json.loads(sys.stdin.readline())
    issuer, client_id = settings["issuer"], settings["client_id"]
    metadata = get_json(f"{issuer}/.well-known/openid-configuration")
    if metadata["issuer"] != issuer:
        raise ValueError("another issuer")
    keys = KeySet.import_key_set(get_json(metadata["jwks_uri"]))

    session = OAuth2Session(
        client_id,
        settings["client_secret"],
        scope="openid profile email offline_access",
        redirect_uri=settings["redirect_uri"],
        token_endpoint_auth_method="client_secret_basic",
        code_challenge_method="S256",
    )
    verifier, nonce = generate_token(64), generate_token(32)
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    tell(authorize=url)

    callback = sys.stdin.readline().strip()
    answered = parse_qs(urlsplit(callback).query)
    if answered["iss"] != [issuer]:
        raise ValueError("another issuer answered")
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=callback, code_verifier=verifier, state=state, timeout=TIMEOUT
    )
    claims = verified(token["id_token"], keys, metadata, client_id, nonce, token["access_token"])
    tell(id_token=dict(claims))

    person = UserInfo(session.get(metadata["userinfo_endpoint"], timeout=TIMEOUT).json())
    if person["sub"] != claims["sub"]:
        raise ValueError("userinfo is about somebody else")
    tell(userinfo=dict(person))

    before = token["access_token"]
    fresh = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"], timeout=TIMEOUT)
    again = verified(fresh["id_token"], keys, metadata, client_id, None, fresh["access_token"])
    tell(refresh={"sub": again["sub"], "changed": fresh["access_token"] != before})

    logout = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": settings["post_logout_redirect_uri"]}
    tell(logout=f"{metadata['end_session_endpoint']}?{urlencode({**logout, 'state': state})}", state=state)


main()
