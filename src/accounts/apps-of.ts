import type { Account } from '#src/store/ports/accounts.ts'
import type { GrantsPort } from '#src/store/ports/artifacts.ts'
import type { ConsentsPort } from '#src/store/ports/consents.ts'

/** More apps than anybody has. */
const MOST_GRANTS = 500

/** The apps that know the person by an account, beyond any doubt: from before PIAS, or by one of its parts. */
export const namedIn = ({ subjects = {}, absorbed = [] }: Account): readonly string[] => [
  ...Object.keys(subjects),
  ...absorbed.flatMap(({ apps }) => apps),
]

/** The apps that know the person by an account: those, and whoever holds a grant of it, or a consent. */
export const createAppsOf =
  ({ grants, consents }: { grants: Pick<GrantsPort, 'findAllByUid'>; consents: Pick<ConsentsPort, 'list'> }) =>
  async (account: Account): Promise<ReadonlySet<string>> => {
    const { id } = account
    const [granted, given] = await Promise.all([grants.findAllByUid('Grant', id, MOST_GRANTS), consents.list(id)])
    const holders = granted.map(({ payload }) => (payload as { clientId?: string }).clientId ?? '')
    const known = [...namedIn(account), ...holders, ...given.map(({ clientId }) => clientId)]
    return new Set(known.filter(clientId => clientId !== ''))
  }
