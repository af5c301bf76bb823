import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Proof, proveLevel } from '#bench/matching/prove-level.ts'
import { recordRecall, wrongShare } from '#bench/matching/score.ts'
import type { Level } from '#examples/customer-data/world.ts'

const RECORDS = 20_000

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proving-ground-test-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe.each<[Level, number]>([
  ['light', 101],
  ['medium', 102],
  ['heavy', 103],
])('%s damage, seed %d', (level, seed) => {
  let proof: Proof

  beforeAll(async () => {
    proof = await proveLevel({ level, seed, records: RECORDS, out: join(folder, level), stdio: 'ignore' })
  }, 600_000)

  test('PIAS links thousands of records, and none of them to somebody else', () => {
    expect(proof.pias.links).toBeGreaterThan(3000)
    expect(proof.pias.wrong).toBe(0)
  })

  test('the ground hurts: equal e-mail or phone is wrong in 10 % of links or more, name and birth date in 2 %', () => {
    expect(wrongShare(proof.baselines['equal e-mail or phone'])).toBeGreaterThan(0.1)
    expect(wrongShare(proof.baselines['name + birth date equal'])).toBeGreaterThan(0.02)
  })

  test('and it can be won: what these rules find is most of it', () => {
    expect(recordRecall(proof.baselines['equal e-mail or phone'])).toBeGreaterThan(0.7)
    expect(recordRecall(proof.baselines['name + birth date equal'])).toBeGreaterThan(0.4)
  })
})
