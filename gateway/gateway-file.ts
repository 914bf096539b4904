import { join } from 'node:path'
import type { Config } from '../schema/process/config.ts'

/** What the gateways of one data folder keep in common: their change stream and their import jobs. */
export const gatewayFile = ({ dataDirectory }: Pick<Config, 'dataDirectory'>): string =>
  join(dataDirectory, 'gateway.sqlite')
