import { parentPort, workerData } from 'node:worker_threads'
import bcrypt from 'bcryptjs'

/** The thread that `bcrypt.ts` starts for one password. */
const { password, hash } = workerData as { password: string; hash: string }
parentPort?.postMessage(bcrypt.compareSync(password, hash))
