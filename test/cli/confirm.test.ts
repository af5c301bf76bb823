import { isConfirmed } from '#src/cli/confirm.ts'

/** What cannot be undone is done only where somebody says so. */
const confirm = async (typed: string | undefined, yes = false) => {
  const said = { stderr: '', code: 0, asked: 0 }
  const ask = async () => {
    said.asked += 1
    return typed ?? ''
  }
  const terminal = {
    ...(typed !== undefined && { ask }),
    stderr: {
      write: (text: string) => {
        said.stderr += text
      },
    } as never,
    setExitCode: (code: 0 | 1 | 2) => {
      said.code = code
    },
  }
  const confirmed = await isConfirmed(terminal, { yes, what: 'erases the account a-1', name: 'a-1' })
  return { confirmed, ...said }
}

test('by the flag, or by the name typed in full', async () => {
  expect(await confirm(undefined, true)).toEqual({ confirmed: true, stderr: '', code: 0, asked: 0 })
  expect(await confirm(' a-1\n')).toMatchObject({ confirmed: true, code: 0, asked: 1 })
})

test('else nothing is done, which is told by the exit code', async () => {
  expect(await confirm(undefined)).toMatchObject({
    confirmed: false,
    code: 2,
    stderr: expect.stringContaining('--yes'),
  })
  for (const typed of ['', 'yes', 'a-', 'A-1'])
    expect(await confirm(typed)).toMatchObject({ confirmed: false, code: 2 })
})
