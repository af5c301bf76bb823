import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A gateway for messages, over a real socket. */
export type Gateway = {
  readonly url: string
  readonly requests: { headers: IncomingHttpHeaders; body: Record<string, string> }[]
  /** What it answers from now on. */
  answer: number
  close(): Promise<void>
}

export const startGateway = async (): Promise<Gateway> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    gateway.requests.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) })
    response.writeHead(gateway.answer, { location: '/elsewhere' }).end('said something')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway: Gateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    requests: [],
    answer: 202,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return gateway
}

/** A mail server: who mails whom what, as the protocol has it. */
export type MailServer = {
  readonly port: number
  readonly mails: { from: string; to: string[]; source: string }[]
  /** The reply to recipients, or to what follows, from now on; 250 takes all. */
  reply: { recipient: number; data: number }
  close(): Promise<void>
}

const refusal = (responseCode: number) => Object.assign(new Error('synthetic refusal'), { responseCode })

export const startMailServer = async (): Promise<MailServer> => {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_address, _session, done) => {
      done(mailServer.reply.recipient === 250 ? null : refusal(mailServer.reply.recipient))
    },
    onData: async (stream, session, done) => {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      if (mailServer.reply.data !== 250) return done(refusal(mailServer.reply.data))
      const { mailFrom, rcptTo } = session.envelope
      mailServer.mails.push({
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        source: Buffer.concat(chunks).toString(),
      })
      done(null)
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const mailServer: MailServer = {
    port: (server.server.address() as AddressInfo).port,
    mails: [],
    reply: { recipient: 250, data: 250 },
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
  return mailServer
}
