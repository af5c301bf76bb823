import { runPias } from '#test/support/run-pias.ts'

/** `pias config check`: whether a node would start with what is configured. */
const check = (env: Record<string, string>) => runPias(env, '/', ['config', 'check'])

test('what holds is said to hold', async () => {
  expect(await check({ PIAS_ISSUER: 'http://localhost:3000' })).toEqual({
    code: 0,
    stdout: 'the configuration holds: development, http://localhost:3000\n',
    stderr: '',
  })
})

test('all that is wrong is told at once', async () => {
  expect(await check({ PIAS_ISSUER: 'http://pias.example', PIAS_PORT: 'none' })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'pias: config.invalid: issuer: must be https (http only on loopback); server.port: must be a number\n',
  })
})
