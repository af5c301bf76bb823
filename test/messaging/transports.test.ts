import { createHttpGateway } from '#src/messaging/transports/http-gateway.ts'
import { createSmtp } from '#src/messaging/transports/smtp.ts'
import { type Gateway, type MailServer, startGateway, startMailServer } from './receivers.ts'

const MAIL = { key: 'k1', to: 'lotte@mail.example', subject: 'Être là', text: 'Bonjour', html: '<p>Bonjour</p>' }

describe('the HTTP gateway', () => {
  let gateway: Gateway
  beforeEach(async () => {
    gateway = await startGateway()
  })
  afterEach(() => gateway.close())

  test('gets each message as JSON, with its key and our token', async () => {
    const send = createHttpGateway({ url: gateway.url, token: 'synthetic token' })
    expect(await send({ key: 'k1', to: '+32470123456', text: 'Zoë' })).toEqual({ kind: 'sent' })
    const [{ headers, body } = { headers: {}, body: {} }] = gateway.requests
    expect(body).toEqual({ to: '+32470123456', text: 'Zoë' })
    expect(headers).toMatchObject({ authorization: 'Bearer synthetic token', 'idempotency-key': 'k1' })
  })

  test.each([
    [400, 'refused'],
    [404, 'refused'],
    [401, 'failed'],
    [429, 'failed'],
    [503, 'failed'],
  ])('%s is %s', async (status, kind) => {
    gateway.answer = status
    expect(await createHttpGateway({ url: gateway.url })(MAIL)).toEqual({ kind, reason: `HTTP ${status}` })
  })

  test('follows no redirect, which would give the message to somebody else', async () => {
    gateway.answer = 307
    expect(await createHttpGateway({ url: gateway.url })(MAIL)).toMatchObject({ kind: 'failed' })
    expect(gateway.requests).toHaveLength(1)
  })

  test('that is not there may be there later', async () => {
    await gateway.close()
    const outcome = await createHttpGateway({ url: gateway.url })(MAIL)
    expect(outcome).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' })
    gateway = await startGateway()
  })
})

describe('SMTP', () => {
  let server: MailServer
  const smtp = () =>
    createSmtp({ url: `smtp://127.0.0.1:${server.port}`, from: 'Proximus <no-reply@id.example>', host: 'id.example' })
  beforeEach(async () => {
    server = await startMailServer()
  })
  afterEach(() => server.close())

  test('brings a mail in both forms, under an id of the message', async () => {
    expect(await smtp()(MAIL)).toEqual({ kind: 'sent' })
    const [{ from, to, source } = { from: '', to: [], source: '' }] = server.mails
    expect([from, to]).toEqual(['no-reply@id.example', ['lotte@mail.example']])
    for (const line of [
      'Subject: =?UTF-8?Q?=C3=8Atre_l=C3=A0?=',
      'Message-ID: <k1@id.example>',
      'Auto-Submitted: auto-generated',
      'Content-Type: multipart/alternative',
      'Content-Type: text/html; charset=utf-8',
    ]) {
      expect(source).toContain(line)
    }
  })

  test('an address is one recipient, whatever stands in it', async () => {
    await smtp()({ ...MAIL, to: 'a@mail.example, b@mail.example' })
    await smtp()({ ...MAIL, to: 'a@mail.example\r\nBcc: b@mail.example' })
    for (const { to, source } of server.mails) {
      expect(to).toHaveLength(1)
      expect(source).not.toMatch(/^Bcc:/m)
    }
  })

  test.each([
    ['a recipient refused for good', { recipient: 550, data: 250 }, 'refused'],
    ['a recipient refused for now', { recipient: 450, data: 250 }, 'failed'],
    ['content refused for good', { recipient: 250, data: 554 }, 'refused'],
    ['content refused for now', { recipient: 250, data: 451 }, 'failed'],
  ])('%s', async (_, reply, kind) => {
    server.reply = reply
    const code = Math.max(reply.recipient, reply.data)
    expect(await smtp()(MAIL)).toEqual({ kind, reason: `SMTP ${code}` })
  })

  test('a server that is not there may be there later', async () => {
    const send = smtp()
    await server.close()
    expect(await send(MAIL)).toEqual({ kind: 'failed', reason: expect.stringMatching(/^E[A-Z]+$/) })
    server = await startMailServer()
  })

  test('in the open it is spoken with this machine only', async () => {
    const send = createSmtp({ url: `smtp://localhost.:${server.port}`, from: 'a@id.example', host: 'id.example' })
    expect(await send(MAIL)).toMatchObject({ kind: 'failed' })
    expect(server.mails).toEqual([])
  })
})
