/* Datasette's table.js reads this global, which its own template sets in an inline script that our policy forbids. */
var DATASETTE_ALLOW_FACET = true;
