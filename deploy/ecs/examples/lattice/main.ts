// The app of this example: docs/deploying-on-ecs.md has its commands.
import { deploy } from '../../stack.ts';
import { behindLattice } from './stack.ts';

deploy(behindLattice);
