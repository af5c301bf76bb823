import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const residentKibibytes = (pid: number): number => {
  if (process.platform === 'linux') {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
}

/** Resident memory of a process in MiB, without its children. */
export const residentMiB = (pid: number): number => residentKibibytes(pid) / 1024
