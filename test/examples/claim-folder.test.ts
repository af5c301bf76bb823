import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimFolder } from '#examples/start/claim-folder.ts'

const dir = mkdtempSync(join(tmpdir(), 'pias-claim-folder-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const newFolder = (): string => mkdtempSync(join(dir, 'folder-'))
const claim = (dataDir: string, isEmbedded = true) => claimFolder({ dataDir, shown: 'data/shown', isEmbedded })
/** @returns the line that tells why it failed */
const failureOf = (dataDir: string): string => {
  try {
    claim(dataDir)()
  } catch (error) {
    return (error as Error).message
  }
  return 'claimed'
}

test('a folder is claimed once at a time', () => {
  const folder = newFolder()
  const giveBack = claim(folder)
  expect(failureOf(folder)).toMatch(/^store\.unusable: another npm start runs on data\/shown: stop it first/)
  expect(() => claim(folder, false)).toThrow('another npm start runs')
  giveBack()
  giveBack()
  expect(failureOf(folder)).toBe('claimed')
})

test('a folder that cannot be written is told as that, and not as taken', () => {
  expect(failureOf(join(dir, 'missing'))).toMatch(/^store\.unusable: \S+start\.lock cannot be written: give this user/)
  const inTheWay = newFolder()
  mkdirSync(join(inTheWay, 'start.lock'))
  expect(failureOf(inTheWay)).toMatch(/^store\.unusable: \S+start\.lock cannot be written: give this user/)
  const damaged = newFolder()
  writeFileSync(join(damaged, 'start.lock'), 'x'.repeat(5000))
  expect(failureOf(damaged)).toMatch(/^store\.unusable: \S+start\.lock is damaged or not a database: /)
  const ofNode = newFolder()
  mkdirSync(join(ofNode, 'node.lock'))
  expect(failureOf(ofNode)).toMatch(/^store\.unusable: \S+node\.lock cannot be written: give this user/)
})
