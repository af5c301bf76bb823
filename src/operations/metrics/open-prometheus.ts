import type { RequestListener } from 'node:http'
import type { Observable } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import type { Labels, Meter } from './meter.ts'

/** Those of OpenTelemetry's `http.server.request.duration` and `db.client.operation.duration` together, in seconds. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'

const observe = (observable: Observable, read: Parameters<Meter['gauge']>[1]): void =>
  observable.addCallback(async result => {
    for (const { value, labels } of await read()) result.observe(value, labels)
  })

/**
 * A meter by OpenTelemetry's SDK, and what answers `GET /metrics` with all of it in Prometheus' text format. Of one metric at
 * most 2,000 sets of labels are kept; what comes after is in one set, `otel_metric_overflow="true"` (ADR 0085).
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const openPrometheus = (): { readonly meter: Meter; readonly handle: RequestListener } => {
  // Never listens: PIAS has one way to listen, with its limits, TLS and a quiet end.
  const reader = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer('', false, undefined, true, true)
  const otel = new MeterProvider({ readers: [reader] }).getMeter('pias')

  const meter: Meter = {
    counter: ({ name, help }) => {
      const counter = otel.createCounter(name, { description: help })
      return labels => counter.add(1, labels)
    },
    histogram: ({ name, help }) => {
      const advice = { explicitBucketBoundaries: BUCKETS }
      const histogram = otel.createHistogram(name, { description: help, advice })
      return (seconds: number, labels: Labels) => histogram.record(seconds, labels)
    },
    total: ({ name, help }, read) => observe(otel.createObservableCounter(name, { description: help }), read),
    gauge: ({ name, help }, read) => observe(otel.createObservableGauge(name, { description: help }), read),
  }

  return {
    meter,
    handle: (request, response) => {
      if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
        response.writeHead(404).end()
        return
      }
      reader.collect().then(
        ({ resourceMetrics }) => {
          response.writeHead(200, { 'Content-Type': TEXT, 'Cache-Control': 'no-store' })
          response.end(serializer.serialize(resourceMetrics))
        },
        () => response.writeHead(500).end(),
      )
    },
  }
}
