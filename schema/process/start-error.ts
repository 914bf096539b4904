/** Why the process cannot start, for its operator: `message` says what is wrong and what to do, and is all they need. */

import { type Config, SETTINGS } from './config.ts'
import { StoreFailed, StoreInUse, StoreUnfit } from './store-faults.ts'

export class StartError extends Error {
  constructor(message: string, cause: unknown = null) {
    super(message, { cause })
    this.name = 'StartError'
  }
}

/** What an operator can put right becomes a StartError; anything else stays what it is. */
export function startErrorOf(error: unknown, config: Config): unknown {
  if (error instanceof StartError) return error
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const text = typeof code === 'string' ? textOf(code, error, config) : undefined
  return text === undefined ? error : new StartError(text, error)
}

/** Why a store's file cannot be used becomes a StartError; anything else stays what it is. */
export function unusableStore(error: unknown, file: string): unknown {
  const text = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const isExpected = [StoreInUse, StoreUnfit, StoreFailed].some((fault) => error instanceof fault)
  return isExpected ? new StartError(`The store ${file} cannot be used. ${text}${cause}`, error) : error
}

function textOf(code: string, error: unknown, { host, port, dataDirectory }: Config): string | undefined {
  const address = `${host}:${port}`
  const settings = `${SETTINGS.host.variable} or ${SETTINGS.port.variable}`
  if (code === 'EADDRINUSE') {
    return `Port ${port} of ${host} is taken by another process. Choose another with ${SETTINGS.port.variable}.`
  }
  if (isOf(error, 'listen') || isOf(error, 'getaddrinfo')) {
    return `Cannot listen on ${address} (${code}). Choose another address with ${settings}.`
  }
  if (isOf(error, 'mkdir') || isOf(error, 'access')) {
    return `The folder ${dataDirectory} cannot be made or written (${code}). Choose another with ${SETTINGS.dataDirectory.variable}.`
  }
  return undefined
}

const isOf = (error: unknown, call: string): boolean =>
  error instanceof Error && 'syscall' in error && error.syscall === call
