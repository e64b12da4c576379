import { setTimeout } from 'node:timers/promises';
import {
  type Deployment,
  localEndpoints,
  openDeployment,
  type ProofResult,
  type ProveOptions,
  prove,
} from '@org/admin';
import { stackNameOf } from '@org/infra/config';
import { onTestFinished } from 'vitest';
import { type ConfigName, configs } from '../configs.ts';
import { type System, type SystemOptions, startSystem } from '../harness.ts';

export interface Proving extends System {
  readonly deployment: Deployment;
  /** Opens the deployment behind another address. */
  open(origin: string): Promise<Deployment>;
  /** A run of the proofs. */
  run(options?: Partial<ProveOptions>, deployment?: Deployment): Promise<ProofResult[]>;
}

/** A deployment on this machine to prove. */
export async function startProving(config: ConfigName, options: SystemOptions = {}): Promise<Proving> {
  const system = await startSystem(config, options);
  let time = Date.parse('2026-11-22T12:00:00Z');
  const open = async (origin: string): Promise<Deployment> => {
    const endpoints = await localEndpoints(origin, stackNameOf(configs[config]));
    const deployment = await openDeployment(configs[config], endpoints, () => time);
    onTestFinished(() => deployment.close());
    return deployment;
  };
  const deployment = await open(system.url);
  // A hundred times as fast: what takes the functions a real moment is still waited for.
  const wait = async (ms: number) => {
    await setTimeout(ms / 100);
    time += ms;
    system.setTime(new Date(time).toISOString());
  };
  return {
    ...system,
    deployment,
    open,
    run: (more, of = deployment) =>
      prove(of, {
        ...{ mostUsd: 0.05, signal: new AbortController().signal, wait, onResult: () => {} },
        ...more,
      }),
  };
}

/** The names of the proofs with an outcome. */
export const named = (results: readonly ProofResult[], outcome: ProofResult['outcome']) =>
  results.filter((result) => result.outcome === outcome).map(({ name }) => name);
