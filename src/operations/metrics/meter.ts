/** What a number is told apart by: few values each, and never a person, an id of one, or anything that was typed. */
export type Labels = Readonly<Record<string, string>>

/** A metric as scrapers see it; `name` is Prometheus', with its unit, a counter's without `_total`. */
export type Metric = { readonly name: string; readonly help: string }

/** A number of this moment, and what it is of. */
export type Reading = { readonly value: number; readonly labels?: Labels }

type Read = () => readonly Reading[] | Promise<readonly Reading[]>

/**
 * Makes metrics. What is read is read when somebody asks, so it costs nothing between; what throws is left out of that
 * answer.
 */
export type Meter = {
  counter(metric: Metric): (labels: Labels) => void
  /** A counter that something else keeps. */
  total(metric: Metric, read: Read): void
  /** Durations, in seconds. */
  histogram(metric: Metric): (seconds: number, labels: Labels) => void
  gauge(metric: Metric, read: Read): void
}
