import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addConfigCheck } from './config-check.ts';

export function addConfig(program: Command, cli: Cli): void {
  addConfigCheck(program.command('config').description('check what is about to be deployed'), cli);
}
