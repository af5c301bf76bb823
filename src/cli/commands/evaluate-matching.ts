import { createReadStream } from 'node:fs'
import { access, type FileHandle, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { evaluatedModel } from '#src/cli/evaluated-model.ts'
import { fileFault } from '#src/cli/failure-line.ts'
import { type Outcome, refused } from '#src/cli/outcome.ts'
import { createProgress } from '#src/cli/progress.ts'
import { SILENT } from '#src/cli/silent.ts'
import { withTemporaryStore } from '#src/cli/temporary-store.ts'
import { grouped, type Terminal } from '#src/cli/terminal.ts'
import type { CustomerSource } from '#src/customers/port.ts'
import { importCustomers } from '#src/customers/snapshot/import-customers.ts'
import { createPrepareLines } from '#src/customers/snapshot/prepare-lines.ts'
import { createSnapshotSource } from '#src/customers/snapshot/snapshot-source.ts'
import { evaluate } from '#src/evaluation/evaluate.ts'
import { type Inputs, readInputs } from '#src/evaluation/read-inputs.ts'
import { reportOf } from '#src/evaluation/report.ts'
import { createTally, type Tally } from '#src/evaluation/tally.ts'
import { createMatchIdentity, type MatchIdentity } from '#src/linking/match-identity.ts'
import { RULE_VERSION } from '#src/matching/decide/rules.ts'
import { recordFormOf } from '#src/matching/record-form.ts'
import type { Store } from '#src/store/ports/store.ts'

export type EvaluateMatchingOptions = {
  readonly customers: string
  readonly identities: string
  readonly truth?: string
  readonly out: string
  /** See `evaluatedModel`. */
  readonly model?: string
}

/** Out of reach, for a verdict must not hang on how busy this machine is. */
const NO_DEADLINE_MS = 3_600_000
const READ_BYTES = 256 * 1024
const DECISIONS_PER_WRITE = 500

const fillStore = async (terminal: Terminal, file: string, store: Store): Promise<void> => {
  const progress = createProgress(terminal, { label: 'importing', total: (await stat(file)).size })
  let firstReject = ''
  const { rejected } = await importCustomers({
    input: createReadStream(file, { highWaterMark: READ_BYTES }),
    prepare: createPrepareLines({ ...store, form: recordFormOf(terminal.loadConfig().matching) }),
    write: store.customers.write,
    clock: terminal.clock,
    rejects: ({ line, field, reason }) => {
      firstReject ||= `line ${line}${field === undefined ? '' : `, ${field}`} ${reason}`
    },
    onProgress: at => progress.update({ done: at.bytes, items: at.lines }),
  }).finally(progress.stop)
  if (rejected > 0) {
    terminal.stderr.write(`pias: ${grouped(rejected)} customers were left out, the first for ${firstReject}\n`)
  }
}

/** Decides on all identities and writes each decision as it comes; returns the tally, for which there must be a truth. */
const decideAll = async (
  terminal: Terminal,
  { identities, truths }: Inputs,
  { matcher, source }: { matcher: MatchIdentity; source: CustomerSource },
  out: FileHandle,
): Promise<Tally | undefined> => {
  const tally = createTally(truths ?? new Map())
  const progress = createProgress(terminal, { label: 'deciding', total: identities.length })
  let lines = ''
  let done = 0
  try {
    const trial = truths && { source, truths }
    for await (const { identity, line, byInvoice } of evaluate(matcher, identities, trial)) {
      tally.add(identity, line, byInvoice)
      lines += `${JSON.stringify(line)}\n`
      done += 1
      if (done % DECISIONS_PER_WRITE > 0) continue
      await out.appendFile(lines)
      lines = ''
      progress.update({ done, items: done })
    }
    await out.appendFile(lines)
  } finally {
    progress.stop()
  }
  return truths === undefined ? undefined : tally.result()
}

const unreadable = async (files: readonly string[]): Promise<string | undefined> => {
  for (const file of files) {
    const fault = await access(file).then(() => undefined, fileFault)
    if (fault !== undefined) return `cannot read ${file}: ${fault}`
  }
  return undefined
}

/**
 * `matching evaluate`: decides on a file of identities against a file of customers as logins would, in an embedded store
 * made for the purpose, and measures the decisions where the truth is given.
 * Refused where an input file or the model cannot be read or used; each bad line is told.
 * @throws file system errors of the decisions file; what the store throws
 */
export const evaluateMatching = async (terminal: Terminal, options: EvaluateMatchingOptions): Promise<Outcome> => {
  const fail = (...lines: readonly string[]): Outcome =>
    refused('request.invalid', lines.join('; '), { text: lines.map(line => `pias: ${line}\n`).join('') })
  const files = [options.customers, options.identities, options.truth].filter(file => file !== undefined)
  if (files.some(file => resolve(file) === resolve(options.out))) return fail('--out must not be one of the inputs')
  const problem = await unreadable(files)
  if (problem !== undefined) return fail(problem)
  const model = await evaluatedModel(terminal, options.model)
  if ('problem' in model) return fail(model.problem)
  const inputs = await readInputs(options)
  if ('faults' in inputs) return fail(...inputs.faults)

  const started = terminal.clock()
  const out = await open(options.out, 'w', 0o600)
  try {
    const tally = await withTemporaryStore(terminal.clock, async store => {
      await fillStore(terminal, options.customers, store)
      const source = createSnapshotSource(store)
      const matcher = createMatchIdentity({
        source,
        matching: { ...terminal.loadConfig().matching, deadlineMs: NO_DEADLINE_MS },
        logger: SILENT,
        modelInForce: async () => ({ model }),
      })
      return decideAll(terminal, inputs, { matcher, source }, out)
    })
    const seconds = ((terminal.clock() - started) / 1000).toFixed(1)
    const { length } = inputs.identities
    const head = `${grouped(length)} identities decided in ${seconds} s: ${options.out}\n`
    const rules = `rules ${RULE_VERSION}, model ${model.version}\n`
    const measured = tally && { ...tally, classes: Object.fromEntries(tally.classes) }
    return {
      value: { identities: length, out: options.out, rules: RULE_VERSION, model: model.version, ...measured },
      text: `${head}${rules}${tally === undefined ? '' : `\n${reportOf(tally)}`}`,
    }
  } finally {
    await out.close()
  }
}
