import { Writable } from 'node:stream'
import { Command } from 'commander'
import { answer } from '#src/cli/answer.ts'
import type { ProcessTerminal } from '#src/cli/terminal.ts'

/** What is printed of the words of others. */
const printed = async (text: string, isTTY: boolean): Promise<string> => {
  let out = ''
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    out += chunk
    done()
  }
  const stdout = Object.assign(new Writable({ write }), { isTTY })
  const terminal = { stdout, setExitCode: () => undefined } as unknown as ProcessTerminal
  await answer(terminal, () => ({ value: text, text }))(new Command())
  return out
}

const SLY = 'one\u001b[8m\ttwo\r\u009b2K\u202ethree\n'

test('a terminal shows every word and does what none of them says; a program gets each character', async () => {
  expect(await printed(SLY, true)).toBe('one\ufffd[8m\ttwo\ufffd\ufffd2K\ufffdthree\n')
  expect(await printed(SLY, false)).toBe(SLY)
})
