import { isConfirmed } from '#src/cli/confirm.ts'
import { withStore } from '#src/cli/offline.ts'
import { refuse, type Terminal } from '#src/cli/terminal.ts'
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
  run: (rings: ReadonlyMap<string, KeyRingInStore>, note: Note) => Promise<void>,
) =>
  withStore({ terminal, dataDir: terminal.defaultDataDir }, store =>
    run(openRings(terminal, terminal.loadConfig(), store.keys), (type, data) =>
      store.audit.append([{ at: terminal.clock(), type, data: { ...data, by: 'command line' } }]),
    ),
  )

const fail = (terminal: Terminal, words: string): void => refuse(terminal, words, 1)

const withRing = (
  terminal: Terminal,
  name: string,
  run: (ring: KeyRingInStore, note: Note) => Promise<void>,
): Promise<void> =>
  withRings(terminal, async (rings, note) => {
    const ring = rings.get(name)
    if (ring === undefined) fail(terminal, `there are no keys "${name}": choose one of ${[...rings.keys()].join(', ')}`)
    else await run(ring, (type, data) => note(type, { keys: name, ...data }))
  })

const timeOf = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? '' : new Date(milliseconds).toISOString()

/** `keys status`: one line for each key, with its state, since when and until when. */
export const keysStatus = (terminal: Terminal, { json = false }: { json?: boolean }): Promise<void> =>
  withRings(terminal, async rings => {
    const lines: Record<string, string>[] = []
    for (const [keys, ring] of rings) {
      for (const { jwk, state, since, until } of ring.atPresent(await ring.read())) {
        lines.push({ keys, alg: jwk.alg, state, kid: jwk.kid, since: timeOf(since), until: timeOf(until) })
      }
    }
    if (json) {
      terminal.stdout.write(`${JSON.stringify(lines)}\n`)
      return
    }
    for (const { keys = '', alg = '', state = '', kid = '', since = '', until = '' } of lines) {
      const life = until === '' ? `since ${since}` : `since ${since}, until ${until}`
      terminal.stdout.write(`${keys.padEnd(10)} ${alg.padEnd(13)} ${state.padEnd(8)} ${kid} ${life}\n`)
    }
  })

/**
 * `keys rotate`: publishes the next keys, which take over by themselves; with `now` they are in use at once. That is
 * refused while somebody may not have seen them, but for `force`, which wants a confirmation: exit code 2 without.
 */
export const keysRotate = (
  terminal: Terminal,
  options: { keys: string; now?: true; force?: true; yes?: true },
): Promise<void> =>
  withRing(terminal, options.keys, async (ring, note) => {
    const { keys: name, now, force, yes } = options
    const what = `uses the next keys "${name}" at once: logins fail wherever nobody has seen them yet`
    if (now && force && !(await isConfirmed(terminal, { yes, what, name }))) return
    const begun = await ring.rotate()
    if (begun) await note('keys.rotated', {})
    if (!now) {
      const next = ring.atPresent(await ring.read()).find(({ state }) => state === 'next')
      const what = begun ? 'the next keys are published' : 'the next keys are published already'
      terminal.stdout.write(`${what}; in use from ${timeOf(next?.until)}\n`)
      return
    }
    const activation = await ring.activate({ force: force === true })
    if (activation.kind === 'too-early') {
      const from = timeOf(activation.possibleFrom)
      fail(terminal, `not everybody may have seen the next keys before ${from}: wait, or add --force`)
    } else if (activation.kind === 'activated') {
      await note('keys.activated', { force: force === true })
      terminal.stdout.write('the next keys are in use\n')
    } else fail(terminal, 'somebody else ended this rotation meanwhile')
  })

/**
 * `keys withdraw`: takes a key that leaked away from every node; what it signed is not verified any more. Exit code 2 when
 * it cannot be done, or nobody confirms it.
 */
export const keysWithdraw = (terminal: Terminal, kid: string, options: { keys: string; yes?: true }): Promise<void> =>
  withRing(terminal, options.keys, async (ring, note) => {
    const what = `withdraws the key ${kid}; this cannot be undone`
    if (!(await isConfirmed(terminal, { yes: options.yes, what, name: kid }))) return
    const outcome = await ring.withdraw(kid)
    if (outcome === 'withdrawn') {
      await note('keys.withdrawn', { kid })
      terminal.stdout.write('the key is withdrawn\n')
    } else if (outcome === 'unknown') fail(terminal, `no key has the id ${kid}`)
    else fail(terminal, 'the key is in use: run "keys rotate --now --force" first')
  })
