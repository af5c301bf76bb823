import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { DrawOptions, TruthLine } from '#examples/customer-data/draw-lines.ts'
import { generateFiles } from '#examples/customer-data/generate-files.ts'
import type { IdentityLine } from '#examples/customer-data/identities/to-identity.ts'
import type { CustomerLine } from '#examples/customer-data/records/to-line.ts'
import { BASELINES, type Baseline, createBaseline } from './baselines.ts'
import { readJsonLines } from './json-lines.ts'
import { createScore, type Score } from './score.ts'

const PIAS = join(import.meta.dirname, '..', '..', 'src', 'cli', 'pias.ts')

/** The links of PIAS and of the naive rules on one data set, scored. */
export type Proof = { readonly pias: Score; readonly baselines: Readonly<Record<Baseline, Score>> }

const evaluateOn = async (dir: string, stdio: 'inherit' | 'ignore'): Promise<void> => {
  const files = ['customers', 'identities', 'truth'].flatMap(name => [`--${name}`, join(dir, `${name}.jsonl`)])
  const args = ['matching', 'evaluate', ...files, '--out', join(dir, 'decisions.jsonl')]
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PIAS, ...args], {
    stdio: ['ignore', stdio, stdio],
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (code !== 0) throw new Error(`pias matching evaluate ended with ${code ?? signal}`)
}

const readTruths = async (dir: string): Promise<Map<string, TruthLine>> => {
  const truths = new Map<string, TruthLine>()
  for await (const truth of readJsonLines<TruthLine>(join(dir, 'truth.jsonl'))) truths.set(truth.identityId, truth)
  return truths
}

const scoreDecisions = async (dir: string): Promise<Score> => {
  const score = createScore()
  const truths = await readTruths(dir)
  for await (const { identityId, customerIds } of readJsonLines<TruthLine>(join(dir, 'decisions.jsonl'))) {
    const truth = truths.get(identityId)
    if (truth === undefined) throw new Error(`a decision on ${identityId}, whom nobody asked about`)
    truths.delete(identityId)
    score.add(truth, customerIds)
  }
  if (truths.size > 0) throw new Error(`${truths.size} identities were not decided on`)
  return score.result()
}

/** Scores the naive rules on the files of a directory. @throws file system errors */
export const scoreBaseline = async (name: Baseline, dir: string): Promise<Score> => {
  const baseline = createBaseline(name)
  const score = createScore()
  for await (const line of readJsonLines<CustomerLine>(join(dir, 'customers.jsonl'))) baseline.addRecord(line)
  const truths = await readTruths(dir)
  for await (const identity of readJsonLines<IdentityLine>(join(dir, 'identities.jsonl'))) {
    const truth = truths.get(identity.identityId)
    if (truth !== undefined) score.add(truth, baseline.link(identity))
  }
  return score.result()
}

/**
 * Draws a data set into a directory, lets PIAS decide on it by `matching evaluate`, and scores its links and those of the
 * naive rules.
 * @param options.stdio whether the command's report is shown
 * @throws Error when the command fails or decides on other identities than it was given
 */
export const proveLevel = async (
  options: DrawOptions & { readonly out: string; readonly stdio: 'inherit' | 'ignore' },
): Promise<Proof> => {
  const { out, stdio } = options
  await generateFiles(options)
  await evaluateOn(out, stdio)
  const pias = await scoreDecisions(out)
  const scores: [Baseline, Score][] = []
  for (const name of BASELINES) scores.push([name, await scoreBaseline(name, out)])
  return { pias, baselines: Object.fromEntries(scores) as Record<Baseline, Score> }
}
