/** What the paths of PIAS are made of. Anything else in one is an id, or a stranger's words. */
const WORDS = new Set(
  [
    'auth token revocation introspection request me jwks .well-known openid-configuration session end confirm success',
    'interaction prove new continue retry cancel password skip connected passkey contact code again found move consent callback upstream itsme device reg',
    'oauth-authorization-server account ways add remove records logins consents withdraw data erase assets style livez readyz',
  ].flatMap(words => words.split(' ')),
)

const MOST_SEGMENTS = 6

/** A path as a log may have it: ids of interactions, request objects and whatever somebody typed are `*`. */
export const loggedPath = (path: string): string =>
  path
    .split('/', MOST_SEGMENTS)
    .map(segment => (segment === '' || WORDS.has(segment) ? segment : '*'))
    .join('/')
