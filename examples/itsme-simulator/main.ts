/**
 * The simulator as a program: `node examples/itsme-simulator/main.ts`, settings from the environment (README.md).
 * Prints one JSON line when ready; what stops it is one line on standard error and exit code 1.
 */
import { readEnvironment } from './environment.ts'
import { startSimulator } from './server.ts'

const reasonOf = (error: NodeJS.ErrnoException): string => {
  const port = process.env.SIM_PORT ?? '3100'
  if (error.code === 'EADDRINUSE') return `port ${port} is taken: stop what uses it, or set SIM_PORT`
  if (error.code === 'EACCES') return `port ${port} may not be opened by this user: set SIM_PORT to 1024 or above`
  return error.message
}

try {
  const simulator = await startSimulator(readEnvironment(process.env))
  console.log(JSON.stringify({ ready: true, name: 'itsme-simulator', issuer: simulator.issuer }))
  const stop = () => void simulator.close().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
} catch (error) {
  console.error(`itsme simulator: ${reasonOf(error as NodeJS.ErrnoException)}`)
  process.exit(1)
}
