// Answers IAM questions with an independent simulator: a JSON object a line in, a JSON object a line out.
// Usage: node simulate.mjs <folder with node_modules>
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(resolve(process.argv[2], 'package.json'))
const { runSimulation } = await import(pathToFileURL(require.resolve('@cloud-copilot/iam-simulate')))

async function answer(simulation) {
  const result = await runSimulation(simulation, { simulationMode: 'Strict' })
  if (result.resultType !== 'single') {
    return { error: result.errors ?? result.resultType }
  }
  return { result: result.overallResult, ignored: result.result.ignoredContextKeys ?? [] }
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line)).catch((error) => ({ error: String(error) }))
  process.stdout.write(`${JSON.stringify(reply)}\n`)
}
