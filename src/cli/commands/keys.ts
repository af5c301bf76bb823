import { unconfirmed } from '#src/cli/confirm.ts'
import { withStore } from '#src/cli/offline.ts'
import { failed, notFound, type Outcome, refused } from '#src/cli/outcome.ts'
import { type Terminal, timeOf } from '#src/cli/terminal.ts'
import type { Config } from '#src/config/schema.ts'
import type { KeyRingInStore } from '#src/crypto/key-ring/open-key-ring.ts'
import { openSigningKeys } from '#src/crypto/signing-keys.ts'
import type { Json } from '#src/kernel/runtime.ts'
import type { KeysPort } from '#src/store/ports/keys.ts'
import { openItsmeKeyRing } from '#src/upstream/itsme/keys.ts'

/** The key ring a command is about unless told otherwise: that of PIAS's own tokens. */
export const SIGNING = 'signing'

/** Every key ring of a configuration, by the name that commands know it by. */
const openRings = (terminal: Terminal, config: Config, keys: KeysPort): ReadonlyMap<string, KeyRingInStore> => {
  const { clock } = terminal
  const { keyRotation: rotation, lifetimes, upstreams } = config
  const ofItsme = Object.entries(upstreams)
    .filter(([, { kind }]) => kind === 'itsme')
    .map(([id]) => [id, openItsmeKeyRing({ keys, clock, upstream: id, everyMs: rotation.every * 1000 })] as const)
  return new Map([[SIGNING, openSigningKeys({ keys, clock, rotation, lifetimes })], ...ofItsme])
}

/** Appends to the audit trail what was done to keys, by their ids. */
type Note = (
  type: 'keys.rotated' | 'keys.activated' | 'keys.withdrawn',
  data: { [name: string]: Json },
) => Promise<void>

const withRings = (
  terminal: Terminal,
  run: (rings: ReadonlyMap<string, KeyRingInStore>, note: Note) => Promise<Outcome>,
) =>
  withStore({ terminal }, store =>
    run(openRings(terminal, terminal.loadConfig(), store.keys), (type, data) =>
      store.audit.append([{ at: terminal.clock(), type, data: { ...data, by: terminal.operator } }]),
    ),
  )

const withRing = (
  terminal: Terminal,
  name: string,
  run: (ring: KeyRingInStore, note: Note) => Promise<Outcome>,
): Promise<Outcome> =>
  withRings(terminal, async (rings, note) => {
    const ring = rings.get(name)
    const names = [...rings.keys()].join(', ')
    if (ring === undefined) return notFound(`there are no keys "${name}": choose one of ${names}`)
    return run(ring, (type, data) => note(type, { keys: name, ...data }))
  })

type KeyLine = {
  readonly keys: string
  readonly alg: string
  readonly state: string
  readonly kid: string
  /** Epoch milliseconds, as is `until`. */
  readonly since: number
  readonly until?: number
}

/** `keys status`: one line for each key, with its state, since when and until when. */
export const keysStatus = (terminal: Terminal): Promise<Outcome> =>
  withRings(terminal, async rings => {
    const value: KeyLine[] = []
    for (const [keys, ring] of rings) {
      for (const { jwk, state, since, until } of ring.atPresent(await ring.read())) {
        value.push({ keys, alg: jwk.alg, state, kid: jwk.kid, since, ...(until !== undefined && { until }) })
      }
    }
    const lines = value.map(({ keys, alg, state, kid, since, until }) => {
      const life = `since ${timeOf(since)}${until === undefined ? '' : `, until ${timeOf(until)}`}`
      return `${keys.padEnd(10)} ${alg.padEnd(13)} ${state.padEnd(8)} ${kid} ${life}\n`
    })
    return { value, text: lines.join('') }
  })

/**
 * `keys rotate`: publishes the next keys, which take over by themselves; with `now` they are in use at once. That is
 * refused while somebody may not have seen them, but for `force`, which wants a confirmation.
 */
export const keysRotate = (
  terminal: Terminal,
  options: { keys: string; now?: true; force?: true; yes?: true },
): Promise<Outcome> =>
  withRing(terminal, options.keys, async (ring, note) => {
    const { keys: name, now, force, yes } = options
    const what = `uses the next keys "${name}" at once: logins fail wherever nobody has seen them yet`
    const stop = now && force && (await unconfirmed(terminal, { yes, what, name }))
    if (stop) return stop
    const begun = await ring.rotate()
    if (begun) await note('keys.rotated', {})
    if (!now) {
      const next = ring.atPresent(await ring.read()).find(({ state }) => state === 'next')
      const what = begun ? 'the next keys are published' : 'the next keys are published already'
      const value = { keys: name, published: begun, inUseFrom: next?.until }
      return { value, text: `${what}; in use from ${timeOf(next?.until)}\n` }
    }
    const activation = await ring.activate({ force: force === true })
    if (activation.kind === 'too-early') {
      const from = timeOf(activation.possibleFrom)
      return failed('too-early', `not everybody may have seen the next keys before ${from}: wait, or add --force`)
    }
    if (activation.kind !== 'activated') return failed('stale', 'somebody else ended this rotation meanwhile')
    await note('keys.activated', { force: force === true })
    return { value: { keys: name, published: begun, inUse: true }, text: 'the next keys are in use\n' }
  })

/**
 * `keys withdraw`: takes a key that leaked away from every node; what it signed is not verified any more. Refused where
 * it cannot be done, or nobody confirms it.
 */
export const keysWithdraw = (
  terminal: Terminal,
  kid: string,
  options: { keys: string; yes?: true },
): Promise<Outcome> =>
  withRing(terminal, options.keys, async (ring, note) => {
    const what = `withdraws the key ${kid}; this cannot be undone`
    const stop = await unconfirmed(terminal, { yes: options.yes, what, name: kid })
    if (stop !== undefined) return stop
    const outcome = await ring.withdraw(kid)
    if (outcome === 'unknown') return notFound(`no key has the id ${kid}`)
    if (outcome !== 'withdrawn') return refused('in-use', 'the key is in use: run "keys rotate --now --force" first')
    await note('keys.withdrawn', { kid })
    return { value: { keys: options.keys, kid }, text: 'the key is withdrawn\n' }
  })
