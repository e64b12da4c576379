import {
  type Deployment,
  type KeyRecord,
  type LimitsRecord,
  listKeys,
  listLimits,
  type Usage,
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
  readonly #teams = new Kept<readonly LimitsRecord[]>(believedForMs);
  readonly #records = new Kept<readonly LimitsRecord[]>(believedForMs);
  readonly #keys = new Kept<readonly KeyRecord[]>(believedForMs);
  readonly #usage = new Kept<readonly Usage[]>(countersMs);

  /** Of all teams. Much sooner read than with their keys. */
  teams(deployment: Deployment): Promise<readonly LimitsRecord[]> {
    return this.#teams.get('all', deployment.now(), () => listLimits(deployment, { keys: false }));
  }

  /** Of all teams and their keys. */
  records(deployment: Deployment): Promise<readonly LimitsRecord[]> {
    return this.#records.get('all', deployment.now(), () => listLimits(deployment));
  }

  /** The use of all teams in the present month. */
  teamUsage(deployment: Deployment): Promise<readonly Usage[]> {
    return this.#usage.get('teams', deployment.now(), async () =>
      usageOf(deployment, await this.teams(deployment)),
    );
  }

  /** The use of all keys that have limits of their own, in the present month. */
  keyUsage(deployment: Deployment): Promise<readonly Usage[]> {
    return this.#usage.get('keys', deployment.now(), async () =>
      usageOf(
        deployment,
        (await this.records(deployment)).filter(({ key }) => key !== undefined),
      ),
    );
  }

  /** The keys of a team, with their state: API Gateway is asked about those of the config. */
  keysOf(deployment: Deployment, team: string): Promise<readonly KeyRecord[]> {
    return this.#keys.get(team, deployment.now(), () => listKeys(deployment, team));
  }

  /** After a change. */
  forget(): void {
    this.#teams.forget();
    this.#records.forget();
    this.#keys.forget();
    this.#usage.forget();
  }
}

async function usageOf(deployment: Deployment, records: readonly LimitsRecord[]): Promise<readonly Usage[]> {
  return (await usageReport(deployment, { records })).usage;
}
