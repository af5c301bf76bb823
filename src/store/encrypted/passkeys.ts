import { hash } from 'node:crypto'
import type { Keyring } from '#src/crypto/keyring/open-keyring.ts'
import type { PasskeysPort, StoredPasskey } from '#src/store/ports/passkeys.ts'
import { createSealEvents } from './audit.ts'

/** What is sealed of a passkey. */
type Content = Pick<StoredPasskey, 'id' | 'document'>

/** A credential id is random and long, so a plain digest hides it. */
const tokenOf = (id: string): string => hash('sha256', id, 'base64url')

const contextOf = (accountId: string, token: string) => ['passkeys', 'document', accountId, token]

/** Passkeys sealed with the key of their account; none of an account that was erased opens. */
export const encryptPasskeys = (passkeys: PasskeysPort, keyring: Keyring): PasskeysPort => {
  const { accounts: accountKeys } = keyring
  const sealEvents = createSealEvents(keyring)

  const open = async (stored: StoredPasskey): Promise<StoredPasskey | undefined> => {
    const sealer = await accountKeys.of(stored.accountId)
    if (sealer === undefined) return undefined
    const content = JSON.parse(sealer.open(contextOf(stored.accountId, stored.id), stored.document)) as Content
    return { ...stored, ...content }
  }

  return {
    add: async (passkey, terms, events) => {
      const { accountId } = passkey
      const sealer = await accountKeys.of(accountId)
      if (sealer === undefined) return 'gone'
      const id = tokenOf(passkey.id)
      const content: Content = { id: passkey.id, document: passkey.document }
      const document = sealer.seal(contextOf(accountId, id), JSON.stringify(content))
      return passkeys.add({ ...passkey, id, document }, terms, await sealEvents(events))
    },
    find: async id => {
      const found = await passkeys.find(tokenOf(id))
      return found && open(found)
    },
    list: async accountId => {
      const opened = await Promise.all((await passkeys.list(accountId)).map(open))
      return opened.filter(one => one !== undefined)
    },
    use: input => passkeys.use({ ...input, id: tokenOf(input.id) }),
    remove: async input => passkeys.remove({ ...input, id: tokenOf(input.id), events: await sealEvents(input.events) }),
  }
}
