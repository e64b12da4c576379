import {
  type Deployment,
  type KeyRecord,
  type LimitsRecord,
  listKeys,
  listLimits,
  type UsageReport,
  usageReport,
} from '@org/admin';
import { believedForMs } from '@org/table';
import { Kept } from './kept.ts';

/** So long, a page that asks for several views of the counters gets them from one reading. */
const countersMs = 5000;

/**
 * What the page shows of the table, read no more often than it has to be: a deployment can have thousands of teams, and each item
 * that is read costs. Teams, keys and limits are believed as long as the functions believe them. A change that is made
 * on the page is seen at once.
 */
export class Snapshot {
  readonly #records = new Kept<readonly LimitsRecord[]>(believedForMs);
  readonly #keys = new Kept<readonly KeyRecord[]>(believedForMs);
  readonly #reports = new Kept<UsageReport>(countersMs);

  /** Of all teams and their keys. */
  records(deployment: Deployment): Promise<readonly LimitsRecord[]> {
    return this.#records.get('all', deployment.now(), () => listLimits(deployment));
  }

  /** The use of the present month: of all teams, and of keys that have limits of their own. */
  report(deployment: Deployment): Promise<UsageReport> {
    return this.#reports.get('all', deployment.now(), async () =>
      usageReport(deployment, { records: await this.records(deployment) }),
    );
  }

  /** The keys of a team, with their state: API Gateway is asked about those of the config. */
  keysOf(deployment: Deployment, team: string): Promise<readonly KeyRecord[]> {
    return this.#keys.get(team, deployment.now(), () => listKeys(deployment, team));
  }

  /** After a change. */
  forget(): void {
    this.#records.forget();
    this.#keys.forget();
    this.#reports.forget();
  }
}
