import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

type Process = { readonly pid: number; readonly parent: number; readonly seconds: number }

const LINUX_TICKS_PER_SECOND = 100 // USER_HZ, the same on every architecture Node runs on

/**
 * One line of /proc/PID/stat: user and system time of the process and of its children already waited for, so that a
 * child that ended in between is not lost (proc_pid_stat(5), fields 4 and 14-17).
 */
const parseStat = (stat: string): Process => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), seconds: ticks / LINUX_TICKS_PER_SECOND }
}

const linuxProcesses = (): Process[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        return [parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))]
      } catch {
        return [] // ended while we were reading
      }
    })

/** `[[dd-]hh:]mm:ss[.xx]` of ps in seconds. */
const parsePsTime = (time: string): number => {
  const [clock = '', days = '0'] = time.split('-').reverse()
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400
}

const otherProcesses = (): Process[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(line => {
      const [pid, parent, time = ''] = line.trim().split(/\s+/)
      return { pid: Number(pid), parent: Number(parent), seconds: parsePsTime(time) }
    })

/**
 * User and system time of a process and all its descendants, in seconds since they started. On Linux in steps of
 * 10 ms; elsewhere as fine as `ps` tells.
 */
export const cpuSecondsOfTree = (root: number): number => {
  const processes = process.platform === 'linux' ? linuxProcesses() : otherProcesses()
  const tree = new Set([root])
  for (let size = 0; size !== tree.size; ) {
    size = tree.size
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid)
  }
  return processes.reduce((sum, { pid, seconds }) => (tree.has(pid) ? sum + seconds : sum), 0)
}
