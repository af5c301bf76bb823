import { createAccountOperations } from '#src/admin/operations/accounts.ts'
import { createDecisionOperations } from '#src/admin/operations/decisions.ts'
import { withStore } from '#src/cli/offline.ts'
import { asJson, notFound, type Outcome } from '#src/cli/outcome.ts'
import type { Terminal } from '#src/cli/terminal.ts'
import { toldDecision, toldLink } from '#src/cli/told-decision.ts'
import { parseCustomerKey, SERVICE_LINES } from '#src/kernel/customer.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { Store } from '#src/store/ports/store.ts'

const accountsOf = (terminal: Terminal, store: Store) =>
  createAccountOperations({
    ...store,
    clock: terminal.clock,
    upstreams: Object.values(terminal.loadConfig().upstreams).map(({ issuer, clientId }) => ({ issuer, clientId })),
  })

const withAccounts = (
  terminal: Terminal,
  run: (accounts: ReturnType<typeof createAccountOperations>) => Promise<Outcome>,
): Promise<Outcome> => withStore({ terminal }, store => run(accountsOf(terminal, store)))

const NOBODY = notFound('there is no such account')

/** `accounts search`: the accounts that fit, masked, as JSON. Refused for none. @throws PiasError `request.invalid` */
export const searchAccounts = (
  terminal: Terminal,
  options: { customerNumber?: string; upstreamSubject?: string },
): Promise<Outcome> => {
  const { customerNumber, upstreamSubject } = options
  if ((customerNumber === undefined) === (upstreamSubject === undefined)) {
    throw new PiasError('request.invalid', 'one of --customer-number and --upstream-subject says who')
  }
  return withAccounts(terminal, async accounts => {
    const found = await accounts.search(options)
    return found.length === 0 ? NOBODY : asJson(found)
  })
}

/**
 * `accounts show`: an account as JSON, masked unless there is a reason, which the audit trail is told. Refused where
 * there is none. @throws PiasError `request.invalid`
 */
export const showAccount = (
  terminal: Terminal,
  id: string,
  { reveal, reason }: { reveal?: true; reason?: string },
): Promise<Outcome> => {
  if (reveal && reason === undefined) throw new PiasError('request.invalid', '--reveal needs --reason')
  return withAccounts(terminal, async accounts => {
    const by = terminal.operator
    const found = reveal ? await accounts.reveal(id, { by, reason: reason ?? '' }) : await accounts.show(id)
    return found === undefined ? NOBODY : asJson(found)
  })
}

/**
 * `links why`: why an account has its records, or why a record (`mobile:MOB-1`) was linked to somebody or to nobody: how each
 * came to its account, then each decision as it was made. Refused where nothing is known. @throws what the store throws
 */
export const whyLinked = (terminal: Terminal, what: string): Promise<Outcome> =>
  withStore({ terminal }, async store => {
    const decisions = createDecisionOperations(store)
    const key = parseCustomerKey(what)
    const isRecord = SERVICE_LINES.includes(key.serviceLine)
    const owner = isRecord ? await accountsOf(terminal, store).ownerOf(key) : undefined
    const all = { limit: Number.POSITIVE_INFINITY }
    const found = isRecord ? await decisions.ofRecord(key, owner, all) : await decisions.ofAccount(what, all)
    const links = 'links' in found ? found.links : [found.link].filter(link => link !== undefined)
    if (links.length + found.decisions.length === 0) return notFound('no link and no decision is known for it')
    return {
      lines: [
        ...links.map(value => ({ value, text: toldLink(value) })),
        ...found.decisions.map(value => ({ value, text: toldDecision(value) })),
      ],
    }
  })
