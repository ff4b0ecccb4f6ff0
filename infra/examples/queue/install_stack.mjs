#!/usr/bin/env node
// Installs a stack of one service over the message queue, and waits until it runs.
//
//     install_stack.mjs AMQP_URL GRID STACK IMAGE
//
// AMQP_URL is what `kontena master integration create` printed. Needs amqplib (npm ci) and nothing of Kontena; what can be asked stands in /asyncapi.json.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'amqplib'

const ANSWER_WITHIN = 60_000 // milliseconds, of one command
const RUNS_WITHIN = 300_000 // milliseconds, of the whole stack

/** The platform said no; the message says why. */
class Refused extends Error {}

class Kontena {
  #answers = new Map()
  #failed = () => {} // whoever waits is told when the broker ends the connection or the channel

  static async open(url) {
    const kontena = new Kontena()
    kontena.login = decodeURIComponent(new URL(url).username)
    kontena.connection = await connect(url)
    kontena.connection.on('error', error => kontena.#failed(error))
    kontena.channel = await kontena.connection.createConfirmChannel() // a full queue refuses: publishing then fails
    kontena.channel.on('error', error => kontena.#failed(error))
    kontena.replies = `${kontena.login}.replies-${randomUUID()}`
    await kontena.channel.assertQueue(kontena.replies, { exclusive: true, autoDelete: true })
    await kontena.channel.consume(kontena.replies, message => kontena.#take(message), { noAck: true })
    return kontena
  }

  close() {
    return this.connection.close()
  }

  #take(message) {
    this.#answers.get(message?.properties.correlationId)?.(JSON.parse(message.content))
  }

  async ask(operation, parameters = {}, body = undefined) {
    const answer = await this.#send({ operation, parameters, body, idempotency_key: randomUUID() })
    if (answer.status >= 400) throw new Refused(`${operation}: ${answer.status} ${answer.body?.detail} ${JSON.stringify(answer.body?.errors ?? {})}`)
    return answer.body
  }

  async #send(message) {
    const correlationId = randomUUID()
    const properties = { contentType: 'application/json', userId: this.login, replyTo: this.replies, correlationId, persistent: true }
    let timer
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Refused(`${message.operation}: no answer within ${ANSWER_WITHIN / 1000} s`)), ANSWER_WITHIN)
        this.#answers.set(correlationId, resolve)
        this.#failed = reject
        this.channel.publish('kontena.commands', '', Buffer.from(JSON.stringify(message)), properties, error => error && reject(error))
      })
    } finally {
      clearTimeout(timer)
      this.#answers.delete(correlationId)
    }
  }
}

async function install(kontena, grid, stack, image) {
  await kontena.ask('createStack', { grid }, {
    name: stack, stack: `example/${stack}`, version: '1.0.0', registry: 'file://',
    source: `stack: example/${stack}\nversion: 1.0.0\nservices:\n  web:\n    image: ${image}\n`,
    services: [{ name: 'web', image, stateful: false }],
  })
  await kontena.ask('deployStack', { grid, stack })
  for (const until = Date.now() + RUNS_WITHIN; Date.now() < until; await sleep(1000)) {
    const { state } = await kontena.ask('showStack', { grid, stack })
    console.error(`${stack}: ${state}`)
    if (state === 'running') return { stack, state }
  }
  throw new Refused(`${stack} does not run after ${RUNS_WITHIN / 1000} s`)
}

const [url, ...what] = process.argv.slice(2)
if (what.length !== 3) {
  console.error('install_stack.mjs AMQP_URL GRID STACK IMAGE')
  process.exit(2)
}

let kontena
try {
  kontena = await Kontena.open(url)
  console.log(JSON.stringify(await install(kontena, ...what)))
} catch (error) {
  console.error(error instanceof Refused ? `refused: ${error.message}` : `the broker: ${error.message}`)
  process.exitCode = 1
} finally {
  await kontena?.close().catch(() => {}) // closed already
}
