import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { launchChromium } from '#test/support/chromium.ts'
import { asPersona, createTestApp } from '#test/support/log-in.ts'
import { startPias, TEST_CLIENT } from '#test/support/start-pias.ts'

/** An app that gets its answer by `form_post`, in a real Chromium: our policy lets the page submit itself, and elsewhere. */
test('Chromium posts the answer to the app without anybody pressing anything', async () => {
  const posts: URLSearchParams[] = []
  const app = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      if (request.method === 'POST') posts.push(new URLSearchParams(Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>App</title>')
    })
  })
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  const redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`
  const client = {
    ...TEST_CLIENT,
    client_id: 'form-post',
    redirect_uris: [redirectUri],
    response_modes: ['form_post'],
  }
  const running = await startPias({ clients: [client] })
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', message => complaints.push(message.text()))
    const request = createTestApp(running, client).authorize({ redirect_uri: redirectUri, response_mode: 'form_post' })
    await page.goto(request.url)
    await page.goto(asPersona(page.url(), 'lotte'))
    await page.waitForURL(redirectUri)
    expect(posts.map(post => [post.get('state'), post.get('iss'), post.has('code')])).toEqual([
      [request.state, running.issuer, true],
    ])
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
    await running.close()
    app.close()
  }
})
