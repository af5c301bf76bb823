/**
 * What admins may be. `viewer` sees everything masked; `support` also people's numbers, for a reason, and ends logins;
 * `linker` mends links; `client-owner` has the apps and their rollout; `security` has the audit and blocks accounts;
 * `owner` may do everything and says who is what.
 */
export const ROLES = ['viewer', 'support', 'linker', 'client-owner', 'security', 'owner'] as const
export type Role = (typeof ROLES)[number]

/** Those who may see numbers of people, for a reason. */
const REVEALING: readonly Role[] = ['support', 'security', 'owner']

/**
 * Whether somebody with these roles may see what tells a customer number in the end: the reference of a record does to whoever
 * tries all numbers.
 */
export const mayReveal = (roles: readonly Role[]): boolean => roles.some(role => REVEALING.includes(role))

/** Whether somebody with these roles may do what takes one of `allowed`. Every role may look. */
export const mayDo = (roles: readonly Role[], allowed: readonly Role[]): boolean =>
  roles.includes('owner') || roles.some(role => allowed.includes(role) || allowed.includes('viewer'))
