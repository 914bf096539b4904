/**
 * Logs: one JSON object a line on standard output. A line that concerns a transaction carries its id as
 * `transactionId`.
 */

import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'

export type Log = Logger

/** Secrets never reach a line, wherever a request or its headers are logged. */
const REDACTED = ['authorization', 'cookie'].flatMap((name) => [name, `headers.${name}`, `req.headers.${name}`])

/** `destination` defaults to standard output. */
export const createLog = (level: LogLevel, destination: DestinationStream = pino.destination(1)): Log =>
  pino({ level, redact: REDACTED, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
