import type { AccountId } from '#src/kernel/identity.ts'
import { createHttpBrowser } from '#test/support/http-browser.ts'
import { itsmeSubject } from '#test/support/itsme-subject.ts'
import { claimsOf, createTestApp, logIn, redeem } from '#test/support/log-in.ts'
import { runPias } from '#test/support/run-pias.ts'
import { type RunningPias, startPias } from '#test/support/start-pias.ts'
import { meetUncertain } from '#test/support/uncertain.ts'

/** `pias links`, beside a node that runs. */

let running: RunningPias
beforeAll(async () => {
  running = await startPias()
})
afterAll(() => running.close())

const links = (...options: string[]) => linksAs('operator', ...options)

const linksAs = (operator: string, ...options: string[]) =>
  runPias({ PIAS_DATA_DIR: running.dataDir }, running.dataDir, ['links', ...options], { operator })

const act = (...options: string[]) => links(...options, '--reason', 'a synthetic reason')

test('an act is told, done, listed and undone; a merge takes two', async () => {
  const app = createTestApp(running)
  const browser = createHttpBrowser()
  const request = app.authorize()
  const tokens = await redeem(app, browser, await logIn(browser, request.url, 'lotte'), request)
  const lotte = `${claimsOf(tokens.id_token).sub}`
  await (await meetUncertain(running, 'nora')).openAccount()
  const all = await running.pias.store.accounts.survey({ after: '', limit: 10 })
  const nora = all.map(({ id }) => `${id}`).find(id => id !== lotte) ?? ''

  const told = (await links('list', lotte)).stdout
  const [, record = ''] = /^record (\S+) by match$/m.exec(told) ?? []
  expect(told).toMatch(/^login \S+ at http/)
  const preview = await act('unlink', record, '--dry-run')
  expect(preview).toMatchObject({ code: 0, stdout: expect.stringContaining(`ends the logins of ${lotte}`) })
  // Without a word it is told alone, where no program takes it for a result.
  const unsaid = await act('unlink', record)
  expect(unsaid).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`ends the logins of ${lotte}`) })
  expect((await links('list', lotte)).stdout).toBe(told)
  const done = await act('unlink', record, '--yes')
  const [, change = ''] = /links undo (\S+) undoes it/.exec(done.stdout) ?? []
  expect((await links('list', lotte)).stdout).toContain(`${change} `)
  const undone = await act('undo', change, '--yes', '--json')
  expect(undone).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(undone.stdout)).toMatchObject({ kind: 'done' })
  expect((await links('list', lotte)).stdout).toContain(told)
  expect(await act('undo', change, '--yes')).toMatchObject({ code: 2, stderr: 'pias: refused: undone\n' })

  // What would hide the rest from whoever approves it is shown as it is.
  const sly = ['--reason', 'a synthetic\u001b[8m reason']
  const merge = await links('merge', nora, lotte, '--yes', ...sly)
  const [, proposed = ''] = /links approve (\S+)/.exec(merge.stdout) ?? []
  expect((await links('list')).stdout).toContain(`${proposed} `)
  expect(await links('approve', proposed, '--yes')).toMatchObject({ code: 2, stderr: 'pias: refused: same-person\n' })
  // Whoever sits at the machine is nobody else by saying so.
  for (const wrong of [
    await links('approve', proposed, '--by', 'another', '--yes'),
    await act('merge', nora, lotte, '--by', 'another', '--yes'),
    await act('undo', proposed, '--by', 'another', '--yes'),
    await links('withdraw', proposed, '--by', 'another'),
  ]) {
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("unknown option '--by'") })
  }
  // Without a word it is told alone.
  const unconfirmed = await linksAs('another', 'approve', proposed)
  expect(unconfirmed).toMatchObject({ code: 2, stderr: expect.stringContaining(`account ${nora} as a part`) })
  expect(unconfirmed.stderr).toContain('a synthetic\ufffd[8m reason')
  expect((await links('list')).stdout).toContain(`${proposed} `)
  expect(await linksAs('another', 'approve', proposed, '--yes')).toMatchObject({ code: 0 })
  expect((await links('list', nora)).stdout).toContain(`part of the account ${lotte}`)
  expect(await links('withdraw', proposed)).toMatchObject({
    code: 2,
    stderr: 'pias: refused: not-proposed\n',
  })
  // What others were faster with may be looked at again.
  expect(await linksAs('another', 'approve', proposed, '--yes')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('refused: stale'),
  })
})

test('a list ends where there is no more, however long it is', async () => {
  const { linkChanges, accounts, audit } = running.pias.store
  const [one] = await accounts.survey({ after: '', limit: 1 })
  const account = one?.id as AccountId
  const MANY = 205
  for (let at = 1; at <= MANY; at += 1) {
    const move = { thing: 'record', record: { serviceLine: 'tv', customerId: `MANY-${at}` }, to: account } as const
    const change = { id: `many-${at}`, kind: 'link', state: 'proposed', at, by: 'a test', reason: 'synthetic' } as const
    await linkChanges.propose({ ...change, moves: [move] }, [])
  }
  const proposed = (await links('list', '--json')).stdout.trimEnd().split('\n')
  expect(new Set(proposed.map(line => JSON.parse(line).id)).size).toBe(MANY)
  const ofAccount = (await links('list', account, '--json')).stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(ofAccount[0]).toMatchObject({ identities: expect.any(Array), records: expect.any(Array) })
  expect(ofAccount.filter(({ id }) => `${id}`.startsWith('many-'))).toHaveLength(MANY)

  const [decided] = await audit.search({ type: 'link.decided', limit: 1 })
  if (decided === undefined) throw new Error('nothing was decided')
  const { type, accountId, data } = decided
  const events = Array.from({ length: MANY }, (_, at) => ({ at, type, accountId, data }))
  await audit.append(events as never)
  expect((await links('why', `${accountId}`, '--json')).stdout.trimEnd().split('\n').length).toBeGreaterThan(MANY)
})

test('accounts are found and shown masked, and every link is explained', async () => {
  const env = { PIAS_DATA_DIR: running.dataDir, PIAS_UPSTREAM_ITSME_ISSUER: running.simulator.issuer }
  const pias = (...args: string[]) => runPias(env, running.dataDir, args)
  const { store } = running.pias
  const [opened] = await store.audit.search({ type: 'link.decided', limit: 1 })
  const id = opened?.accountId ?? ''
  const [record] = await store.accounts.customersOf(id as never)
  const number = record?.customerId ?? ''
  const found = await pias('accounts', 'search', '--customer-number', number)
  expect(JSON.parse(found.stdout)).toMatchObject([{ id, name: expect.stringContaining('…') }])
  expect(found.stdout).not.toContain(number)
  expect((await pias('accounts', 'show', id)).stdout).not.toContain(number)
  expect(await pias('accounts', 'show', id, '--reveal')).toMatchObject({ code: 2, stdout: '' })
  expect((await pias('accounts', 'show', id, '--reveal', '--reason', 'synthetic')).stdout).toContain(number)
  const owner = JSON.parse(found.stdout)[0] as { identities: { reference: string }[] }
  for (const subject of [itsmeSubject('lotte'), `${owner.identities[0]?.reference}`]) {
    expect((await pias('accounts', 'search', '--upstream-subject', subject)).stdout).toContain(id)
  }
  expect(await pias('accounts', 'search', '--upstream-subject', 'nobody')).toMatchObject({ code: 2, stdout: '' })
  const why = await links('why', id)
  expect(why.stdout).toMatch(/^internet …\d{3}: linked \S+ by match, rules /m)
  expect(why.stdout).toMatch(/: link by \S+, error budget/)
  expect(why.stdout).toMatch(/ahead of \w+ by \+[\d.]+ bits/)
  const ofRecord = await links('why', `${record?.serviceLine}:${number}`, '--json')
  const [link, decision] = ofRecord.stdout.split('\n').map(line => JSON.parse(line || 'null'))
  expect(decision).toMatchObject({ account: id, records: [{ verdict: 'linked' }] })
  expect(link).toMatchObject({ method: 'match', acts: [{ kind: 'undo' }, { kind: 'unlink', from: id }] })
  expect(await links('why', 'tv:nobody')).toMatchObject({ code: 2, stdout: '' })
})

test('a record is linked in a role, which must be named', async () => {
  const { accounts } = running.pias.store
  const id = 'synthetic-user' as AccountId
  await accounts.open({
    account: { id, createdAt: 0, updatedAt: 0, claims: { name: 'Synthetic User' } },
    identity: { issuer: 'https://itsme.example', clientId: 'pias', subject: id },
    customers: [],
    events: [],
  })
  const link = (...role: string[]) => act('link', id, 'tv:TV-SYNTHETIC', ...role, '--yes')
  const unsaid = await link()
  expect([unsaid.code, unsaid.stderr]).toEqual([2, expect.stringContaining('--role <holder/user/administrator>')])
  expect(await link('--role', 'owner')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--role must be one of holder, user, administrator'),
  })
  expect(await accounts.customersOf(id)).toEqual([])
  expect((await link('--role', 'user')).code).toBe(0)
  expect(await accounts.customersOf(id)).toMatchObject([
    { serviceLine: 'tv', customerId: 'TV-SYNTHETIC', role: 'user' },
  ])
})

test('what is not understood and what cannot be done ends with 2', async () => {
  expect(await act('unlink', 'radio:1')).toMatchObject({ code: 2, stdout: '' })
  expect(await act('unlink', 'tv:nobody')).toMatchObject({ code: 2, stderr: 'pias: refused: not-linked\n' })
  expect(await links('unlink', 'tv:nobody')).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason') })
})
