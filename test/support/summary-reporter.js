/** Jest reporter: the time of each suite, slowest first, then `N passed, N failed` alone on the last line. */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const suites = results.testResults
      .map(({ testFilePath, perfStats }) => ({
        name: testFilePath.slice(testFilePath.lastIndexOf('/test/') + 1),
        seconds: (perfStats.end - perfStats.start) / 1000,
      }))
      .sort((a, b) => b.seconds - a.seconds)
    console.log('\nTime of each suite:')
    for (const { name, seconds } of suites) console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`)
    // A suite that could not run, or a test that did not, is a failure: nothing is skipped.
    const notRun = results.numRuntimeErrorTestSuites + results.numPendingTests + results.numTodoTests
    this.failed = results.numFailedTests + notRun
    console.log(`\n${results.numPassedTests} passed, ${this.failed} failed`)
  }

  getLastError() {
    return this.failed > 0 ? new Error(`${this.failed} failed`) : undefined
  }
}
