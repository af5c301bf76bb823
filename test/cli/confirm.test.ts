import { unconfirmed } from '#src/cli/confirm.ts'

/** What cannot be undone is done only where somebody says so. */
const confirm = async (typed: string | undefined, yes = false) => {
  const asked: string[] = []
  const ask = async (question: string) => {
    asked.push(question)
    return typed ?? ''
  }
  const act = { yes, what: 'erases the account a-1', name: 'a-1' }
  return { asked, stop: await unconfirmed(typed === undefined ? {} : { ask }, act) }
}

test('by the flag, or by the name typed in full', async () => {
  expect(await confirm(undefined, true)).toEqual({ asked: [], stop: undefined })
  expect(await confirm(' a-1\n')).toEqual({ asked: ['erases the account a-1. Type a-1 to do it: '], stop: undefined })
})

test('else nothing is done, and what would have been is told', async () => {
  const refused = (how: string) => ({
    code: 'unconfirmed',
    message: `erases the account a-1. Nothing was done: ${how}`,
  })
  expect(await confirm(undefined)).toEqual({ asked: [], stop: { refused: refused('--yes does it') } })
  for (const typed of ['', 'yes', 'a-', 'A-1'])
    expect(await confirm(typed)).toMatchObject({ stop: { refused: refused('that was not the name') } })
})
