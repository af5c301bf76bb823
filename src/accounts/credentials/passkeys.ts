import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { AccountId } from '#src/kernel/identity.ts'
import type { Clock } from '#src/kernel/runtime.ts'
import type { AccountsPort } from '#src/store/ports/accounts.ts'
import type { AuditPort } from '#src/store/ports/audit.ts'
import type { PasskeysPort } from '#src/store/ports/passkeys.ts'
import { decodePasskey, encodePasskey, type PasskeyTransport } from './passkey-document.ts'

/** A passkey as its person sees it; times in epoch milliseconds. */
export type OwnPasskey = {
  readonly id: string
  readonly device?: string
  readonly createdAt: number
  readonly usedAt?: number
}

/** `wrong` stands for all failures alike. `amr`: how the key is kept (RFC 8176), and that somebody was there. */
export type PasskeyOutcome =
  | { readonly kind: 'right'; readonly accountId: AccountId; readonly amr: readonly string[] }
  | { readonly kind: 'wrong' }

/** `refused`: what the browser sent does not hold. `taken`: another account has this very passkey. */
export type AddPasskeyOutcome = 'added' | 'refused' | 'taken' | 'full' | 'gone'

/** Where passkeys are good: on the host that people see in the address bar (WebAuthn, 5.1.2). */
export type PasskeyParty = { readonly name: string; readonly origin: string }

/** Passkeys of one account: more than anybody has devices. */
export const MOST_PASSKEYS = 10
/** How long a browser waits for its person, in milliseconds. */
const TIMEOUT_MS = 300_000
const ES256 = -7
const RS256 = -257

const toBase64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/**
 * Passkeys (WebAuthn level 3): the second way into an account that an upstream vouched for. User verification is
 * required, so that a passkey is something one has and something one knows or is; no attestation is asked. A challenge is
 * the caller's: bound to what it is for, and good once. ADR 0080.
 */
export const createPasskeys = (deps: {
  passkeys: PasskeysPort
  accounts: Pick<AccountsPort, 'find'>
  audit: Pick<AuditPort, 'append'>
  party: PasskeyParty
  clock: Clock
}) => {
  const { passkeys, accounts, audit, party, clock } = deps
  const { hostname: rpID, origin } = new URL(party.origin)
  const expected = { expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true }

  const refuse = async (clientId: string, reason: string, accountId?: AccountId): Promise<PasskeyOutcome> => {
    const about = accountId === undefined ? {} : { accountId }
    await audit.append([{ at: clock(), type: 'passkey.refused', clientId, ...about, data: { reason } }])
    return { kind: 'wrong' }
  }

  return {
    list: async (accountId: AccountId): Promise<readonly OwnPasskey[]> =>
      (await passkeys.list(accountId)).map(({ id, document, createdAt, usedAt }) => {
        const { device } = decodePasskey(document)
        return { id, createdAt, ...(device && { device }), ...(usedAt !== undefined && { usedAt }) }
      }),

    remove: (accountId: AccountId, id: string): Promise<boolean> =>
      passkeys.remove({ accountId, id, events: [{ at: clock(), type: 'passkey.removed', accountId, data: {} }] }),

    /** What the browser is told to make a passkey (`PublicKeyCredentialCreationOptions` as JSON). `name`: as the device lists it. */
    creationOptions: async (accountId: AccountId, name: string, challenge: Uint8Array) =>
      generateRegistrationOptions({
        rpName: party.name,
        rpID,
        userName: name,
        userID: new Uint8Array(Buffer.from(accountId)),
        challenge: new Uint8Array(challenge),
        timeout: TIMEOUT_MS,
        attestationType: 'none',
        // Found without a user name, so that nobody types one and nothing tells who has an account.
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: [ES256, RS256],
        excludeCredentials: (await passkeys.list(accountId)).map(({ id }) => ({ id })),
      }),

    /**
     * Adds the passkey that a browser made, in a login of that moment (epoch milliseconds); `device` names what it was made
     * on.
     */
    add: async (
      accountId: AccountId,
      made: { response: unknown; challenge: Uint8Array; loggedInAt: number; device?: string },
    ): Promise<AddPasskeyOutcome> => {
      const found = await verifyRegistrationResponse({
        ...expected,
        response: made.response as RegistrationResponseJSON,
        expectedChallenge: toBase64Url(made.challenge),
        supportedAlgorithmIDs: [ES256, RS256],
      }).catch(() => undefined)
      const { credential, credentialBackedUp: backedUp } = found?.registrationInfo ?? {}
      if (found?.verified !== true || credential === undefined) return 'refused'
      const document = encodePasskey({
        publicKey: toBase64Url(credential.publicKey),
        transports: (credential.transports ?? []) as PasskeyTransport[],
        backedUp: backedUp === true,
        ...(made.device !== undefined && { device: made.device }),
      })
      const at = clock()
      const { id, counter } = credential
      const events = [{ at, type: 'passkey.added', accountId, data: {} }]
      return passkeys.add(
        { id, accountId, document, counter, createdAt: at },
        { most: MOST_PASSKEYS, loggedInAt: made.loggedInAt },
        events,
      )
    },

    /** What the browser is told to log somebody in; the same for everybody. */
    requestOptions: (challenge: Uint8Array) =>
      generateAuthenticationOptions({
        rpID,
        challenge: new Uint8Array(challenge),
        timeout: TIMEOUT_MS,
        userVerification: 'required',
      }),

    /** Whose passkey answered. An account that is blocked or was merged into another has none any more. */
    check: async (
      shown: { response: unknown; challenge: Uint8Array },
      { clientId }: { clientId: string },
    ): Promise<PasskeyOutcome> => {
      const response = shown.response as AuthenticationResponseJSON
      const stored = typeof response?.id === 'string' ? await passkeys.find(response.id) : undefined
      if (stored === undefined) return refuse(clientId, 'unknown')
      const { accountId, id, counter } = stored
      const { publicKey, transports, backedUp } = decodePasskey(stored.document)
      const answer = await verifyAuthenticationResponse({
        ...expected,
        response,
        expectedChallenge: toBase64Url(shown.challenge),
        credential: {
          id,
          publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')),
          counter,
          transports: [...transports],
        },
      }).catch(() => undefined)
      const handle = response.response?.userHandle
      const isOther = handle !== undefined && handle !== Buffer.from(accountId).toString('base64url')
      if (answer?.verified !== true || isOther) return refuse(clientId, 'invalid', accountId)
      const account = await accounts.find(accountId)
      if (account === undefined || account.blocked === true || account.mergedInto !== undefined)
        return refuse(clientId, 'closed', accountId)
      const counted = await passkeys.use({ id, from: counter, to: answer.authenticationInfo.newCounter, at: clock() })
      if (!counted) return refuse(clientId, 'counter', accountId)
      return { kind: 'right', accountId, amr: [backedUp ? 'swk' : 'hwk', 'user'] }
    },
  }
}

export type Passkeys = ReturnType<typeof createPasskeys>
