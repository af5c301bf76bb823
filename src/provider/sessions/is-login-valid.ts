import type { Account } from '#src/store/ports/accounts.ts'

/**
 * Whether a login of an account is still one: the account is open and its own (whoever logs in by a merged one is the
 * other, ADR 0071), and nobody ended the login from outside.
 * @param loggedInAt when the login was, in epoch milliseconds; asked only where it matters
 */
export const isLoginValid = async (
  { blocked, mergedInto, loginsNotBefore }: Account,
  loggedInAt: () => number | Promise<number>,
): Promise<boolean> => {
  if (blocked === true || mergedInto !== undefined) return false
  return loginsNotBefore === undefined || (await loggedInAt()) >= loginsNotBefore
}
