// Makes the pages live. Everything here works without it as well, by forms and links.
import { clock } from './clock.js';
import { compose } from './compose.js';
import { keys } from './keys.js';
import { live } from './live.js';

// First: what the page said is kept before the clock writes over it.
live();
clock();
keys();
compose();
