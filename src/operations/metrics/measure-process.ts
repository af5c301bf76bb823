import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Meter } from './meter.ts'

const RESOLUTION_MS = 20
const NS_PER_SECOND = 1e9
const US_PER_SECOND = 1e6

/**
 * What the process takes, by OpenTelemetry's names for Node.js. The delay of the event loop is that since the last answer;
 * with two scrapers each sees half of it.
 */
export const measureProcess = (meter: Meter): void => {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const read = () => {
    const readings = ([50, 99, 100] as const).map(percentile => ({
      // Without samples it is 0; what is measured contains the resolution.
      value: Math.max(0, delay.percentile(percentile) / NS_PER_SECOND - RESOLUTION_MS / 1000),
      labels: { quantile: `${percentile / 100}` },
    }))
    delay.reset()
    return readings
  }
  const help = 'How late the event loop was since the last scrape, in seconds'
  meter.gauge({ name: 'nodejs_eventloop_delay_seconds', help }, read)
  meter.total({ name: 'process_cpu_time_seconds', help: 'CPU time of the process, by mode, in seconds' }, () => {
    const { user, system } = process.cpuUsage()
    return [
      { value: user / US_PER_SECOND, labels: { cpu_mode: 'user' } },
      { value: system / US_PER_SECOND, labels: { cpu_mode: 'system' } },
    ]
  })
  meter.gauge({ name: 'process_memory_usage_bytes', help: 'Resident memory of the process, in bytes' }, () => [
    { value: process.memoryUsage.rss() },
  ])
  meter.gauge({ name: 'v8js_memory_heap_used_bytes', help: 'Used heap of V8, in bytes' }, () => [
    { value: process.memoryUsage().heapUsed },
  ])
  meter.gauge({ name: 'process_uptime_seconds', help: 'How long the process runs, in seconds' }, () => [
    { value: process.uptime() },
  ])
}
