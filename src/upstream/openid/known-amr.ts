/**
 * Methods of RFC 8176, 2: what an upstream makes up itself is not passed on to apps. None is the name of an upstream, which
 * stands among them in a session.
 */
export const KNOWN_AMR: ReadonlySet<unknown> = new Set(
  'face fpt geo hwk iris kba mca mfa otp pin pwd rba retina sc sms swk tel user vbm wia'.split(' '),
)
