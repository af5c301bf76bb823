import type { ClientProblem } from '#src/clients/check-surroundings.ts'

/** What to do about what the schema says of addresses (clients/redirect-uri.ts). */
const OF_ADDRESSES: readonly (readonly [RegExp, string])[] = [
  [/^is not an absolute URI/, 'begin with its scheme, such as https://app.example/callback'],
  [
    /^must have printable ASCII/,
    'write other characters percent-encoded, a host as xn--, and / in place of a backslash',
  ],
  [/^must not have a wildcard/, 'list every address as it is'],
  [/^must not have a fragment/, 'remove what follows #'],
  [/^must not have credentials/, 'remove what is before @'],
  [/^must not have dot segments/, 'write the address as a browser would send it, without . and ..'],
  [/^must name its host after/, 'write both slashes before the host, such as https://app.example'],
  [/^must not name an address of a private/, 'use a host name that is reached from the internet'],
  [
    /^must use a reverse-domain/,
    'use a scheme such as be.example.app:/callback, or an https address that the app claims',
  ],
  [/^must be https \(/, 'use https; plain http is for localhost alone'],
  [/^must be https$/, 'use https; other schemes are for redirect URIs of an app with "application_type": "native"'],
  [/^must be written /, 'write scheme, host and port, without a path'],
]

/** About what an app does, and how it proves itself (clients/client-metadata.ts). */
const OF_APPS: readonly (readonly [RegExp, string])[] = [
  [/^is needed by authorization_code/, 'add where people return to, such as https://app.example/callback'],
  [/^must include openid/, 'add openid to scope'],
  [/^must include authorization_code/, 'add the grant by which the app gets its first token to grant_types'],
  [/^client_credentials needs a client of its own/, 'register another app for the other grants'],
  [
    /^the device grant needs a client/,
    'keep the device grant and refresh_token, and register another app for the rest',
  ],
  [/^a machine must prove who it is/, 'use private_key_jwt or client_secret_basic'],
  [/^is not used by client_credentials/, 'remove it: a machine sends nobody anywhere'],
  [/^must be opaque$/, 'write opaque, or leave it out: each API says it then'],
  [/^is not used by token exchange/, 'leave it out: what APIs call each other with are JSON web tokens'],
  [/^is not used by the device grant/, 'remove it: a device sends nobody anywhere'],
  [/^openid is for people/, 'remove openid and offline_access from scope'],
  [/^must be public with the device grant/, 'set it to public, or leave it and pias_sector out'],
  [/^goes with subject_type pairwise/, 'give both pias_sector and "subject_type": "pairwise", or neither'],
  [
    /^give either pias_sector/,
    'keep pias_sector for several apps of yours, sector_identifier_uri for an app of others',
  ],
  [/^must be code$/, 'set it to ["code"], or leave it out'],
  [/^must be 1 to 128 letters/, 'choose a short name such as shop-web'],
  [/^must be lower-case letters/, 'write it in small letters, digits and hyphens, without blanks'],
  [/^must not name an upstream twice/, 'name each upstream once, in the order of preference'],
  [/^must be later than from/, 'give a later time, or leave until out'],
  [/^is for clients that register themselves/, 'remove it: an app that is described here uses the code flow'],
]

const OF_KEYS: readonly (readonly [RegExp, string])[] = [
  [/^is needed by private_key_jwt/, "give jwks with the app's public keys, or jwks_uri"],
  [/^give either jwks or jwks_uri/, 'remove jwks where the app publishes its keys, else jwks_uri'],
  [/^must hold public keys only/, 'remove d and k: the private key stays with the app'],
  [/^is for clients that authenticate/, 'leave pias_pkce_required out: a public app always uses PKCE'],
  [/^is needed beside /, 'name it, such as RSA-OAEP-256, or remove the field that names the content encryption'],
  [/^holds no key for /, 'add a public key without "use": "sig": RSA for RSA-OAEP-256, EC or OKP for ECDH-ES'],
  [/^needs a key of the client/, 'give a public key for it in jwks, or jwks_uri; or leave the field out'],
]

const OF_FAPI2: readonly (readonly [RegExp, string])[] = [
  [/fapi2 must be private_key_jwt/, 'set it to private_key_jwt, with jwks_uri, or remove pias_profile'],
  [/fapi2 must be ES256/, 'choose one of these, or leave the field out where it has a default'],
  [/fapi2 may be /, 'remove the other grants, or remove pias_profile'],
  [/fapi2 must be code/, 'leave response_types out: the profile has the code flow alone'],
  [/fapi2 must be query/, 'leave response_modes out: the profile has answers by query alone'],
  [/fapi2 must not be false/, 'remove the field: the profile sets it to true'],
  [/fapi2 must hold RSA keys/, 'make a new key: EC P-256, or RSA of 2048 bits or more'],
]

/** About what is named and must be there (clients/check-surroundings.ts, pages/images.ts), and colours. */
const OF_SURROUNDINGS: readonly (readonly [RegExp, string])[] = [
  [/^no upstream .* is configured/, 'name one of upstreams in the configuration'],
  [/pages\.imagesDir/, 'set pages.imagesDir in the configuration, or remove pias_logo'],
  [/is no name of an SVG, PNG or WebP/, 'give the name of a file such as shop.svg, without a folder'],
  [/ bytes, \d+ at most/, 'make the image smaller: fewer points, or fewer colours'],
  [/^\S+ cannot be read \(/, 'put the image into the folder of pages.imagesDir, where PIAS can read it'],
  [/^has a contrast/, 'choose a colour that white text can be read on'],
  [/^must be at most \d+ seconds, which lifetimes/, 'choose less, or leave it out: it is as for all apps then'],
  [
    /^needs an API that introspects/,
    "leave the field out, or name the API's own client in `clients` of its file: it asks at /token/introspection",
  ],
  [/^must be a colour/, 'write it as # and six hexadecimal digits'],
]

/** About secrets, which stand in files alone (clients/client-file.ts). */
const OF_SECRETS: readonly (readonly [RegExp, string])[] = [
  [/^must have at least \d+ characters/, 'make a random secret, such as by openssl rand -base64 48'],
  [/^must be an absolute path/, 'begin the path with /'],
  [/^names a file that cannot be read/, 'mount the secret there, readable to whoever runs this'],
  [/^names a secret of less than/, 'put a longer random secret into that file'],
  [/^must be sha256:/, 'copy it from `pias export`, or name the secret with pias_secret_file'],
  [/^two secrets at most/, 'remove the oldest of them'],
  [/^stands twice/, 'remove one, or give it a client_id of its own'],
  [/^is not used by /, 'remove the secret, or set token_endpoint_auth_method to client_secret_basic'],
]

/** About the shape of any input (kernel/input-words.ts): after what says more. */
const OF_SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^has no fields? /, 'remove it, or correct its spelling'],
  [/^is missing/, 'add it, with a value that is not empty'],
  [/^must be a string/, 'write one text in quotes'],
  [/^must be a list/, 'put it into [ ]'],
  [/^must be an object/, 'put it into { }, name by name'],
  [/^must be true or false/, 'write true or false, without quotes'],
  [/^must be a (whole )?number/, 'write digits, without quotes'],
  [/^must be .*such as/, 'write it as in the example'],
  [/^must be one of /, 'choose one of those, as it is written there'],
  [/^must be (at least|more than) /, 'give a larger number'],
  [/^must be (at most|less than) /, 'give a smaller number'],
  [/^needs at least /, 'add what is missing, or leave the field out'],
  [/^must have at most /, 'shorten it'],
  [/^must be \S+$/, 'write that, or leave the field out'],
]

const FIXES = [...OF_ADDRESSES, ...OF_APPS, ...OF_KEYS, ...OF_FAPI2, ...OF_SURROUNDINGS, ...OF_SECRETS, ...OF_SHAPES]

/** What is told where nothing better is known; a test holds that no finding of ours comes to it. */
export const UNKNOWN_FIX = 'see the fields of clients in docs/configuration.md'

/** What to do about a problem, as the schema and what surrounds it word it. */
export const fixOf = ({ message }: ClientProblem): string =>
  FIXES.find(([pattern]) => pattern.test(message))?.[1] ?? UNKNOWN_FIX
