import {
  type AwsAccess,
  awsAccess,
  awsEndpoints,
  type ClientSettings,
  type Deployment,
  localEndpoints,
  openDeployment,
} from '@org/admin';
import { loadProxyConfig, type ProxyConfig, stackNameOf } from '@org/infra/config';
import type { Command } from 'commander';
import { type Invocation, invocationOf } from './invocation.ts';
import { targetText } from './target.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given. What it does not ask for is not loaded or called. */
export interface Cli {
  readonly terminal: Terminal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How to call it again. */
  readonly invocation: Invocation;
  /** The config that `--config` names. */
  config(): Promise<ProxyConfig>;
  /** For clients of AWS in a Region, with the credentials of this machine. */
  awsSettings(region: string): ClientSettings;
  /** Its deployment: on AWS, or where `--local` says. */
  deployment(): Promise<Deployment>;
  /** What the deployment is called in questions and reports. */
  target(): Promise<string>;
  /** Whether the command has asked for it, so that `--local` would have named another. */
  usesDeployment(): boolean;
  close(): Promise<void>;
}

/** The options that every command has. */
export interface GlobalOptions {
  readonly config?: string;
  /** URL of a local gateway. */
  readonly local?: string;
}

export function createCli(program: Command, terminal: Terminal, now: () => number): Cli {
  const options = () => program.opts<GlobalOptions>();
  let loaded: Promise<ProxyConfig> | undefined;
  let opened: Promise<Deployment> | undefined;
  let access: AwsAccess | undefined;
  const { ask } = terminal;
  const aws = () => {
    access ??= awsAccess(process.env, ask && ((device) => ask(`Code of the MFA device ${device}`)));
    return access;
  };
  const config = () => {
    loaded ??= loadProxyConfig(options().config);
    return loaded;
  };
  const open = async () => {
    const { local } = options();
    const deployed = await config();
    const endpoints =
      local === undefined
        ? awsEndpoints(deployed.region, aws())
        : await localEndpoints(local, stackNameOf(deployed));
    return openDeployment(deployed, endpoints, now);
  };
  const deployment = () => {
    opened ??= open();
    return opened;
  };
  return {
    terminal,
    now,
    invocation: invocationOf(options),
    config,
    awsSettings: (region) => ({ region, maxAttempts: 3, ...aws() }),
    deployment,
    async target() {
      const { name, account, config } = await deployment();
      const { local } = options();
      const { region } = config;
      return targetText(
        name,
        local === undefined ? { kind: 'aws', account, region } : { kind: 'local', url: local },
      );
    },
    usesDeployment: () => opened !== undefined,
    async close() {
      const deployment = await opened?.catch(() => undefined);
      deployment?.close();
    },
  };
}
