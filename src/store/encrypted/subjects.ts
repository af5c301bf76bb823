import type { Sealer } from '#src/crypto/envelope/sealer.ts'
import type { Account } from '#src/store/ports/accounts.ts'

type Subjects = Readonly<Record<string, string>>

const contextOf = (id: string, clientId: string) => ['accounts', 'subjects', id, clientId]

const map = (subjects: Subjects | undefined, change: (clientId: string, subject: string) => string) =>
  subjects && {
    subjects: Object.fromEntries(Object.entries(subjects).map(([id, subject]) => [id, change(id, subject)])),
  }

/** What apps know an account by, each sealed by itself and bound to the account and the app. */
export const sealSubjects = (sealer: Sealer, { id, subjects }: Pick<Account, 'id' | 'subjects'>) =>
  map(subjects, (clientId, subject) => sealer.seal(contextOf(id, clientId), subject))

/** Inverse of {@link sealSubjects}. */
export const openSubjects = (sealer: Sealer, { id, subjects }: Pick<Account, 'id' | 'subjects'>) =>
  map(subjects, (clientId, sealed) => sealer.open(contextOf(id, clientId), sealed))
