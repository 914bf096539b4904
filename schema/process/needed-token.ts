/** Processes of their own trust each other by the service token, so they do not start without one. */

import { type Config, SETTINGS } from './config.ts'
import { StartError } from './start-error.ts'

/** Throws a StartError where no token is configured. */
export function neededToken({ serviceToken }: Config): string {
  if (serviceToken !== null) return serviceToken
  const { variable } = SETTINGS.serviceToken
  throw new StartError(
    `A process that runs apart from the others needs ${variable}: a secret of at least 16 characters, the same for the gateways, the CRM and the ERP.`,
  )
}
