/** Starts the ERP in a process of its own. */

import { runAlone } from '../kit/alone.ts'
import { ERP } from './system.ts'

await runAlone(ERP, { port: 4002 })
