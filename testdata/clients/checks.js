// What the checks of the JavaScript clients share.
'use strict';

function equal(got, want) {
	if (got !== want) {
		throw new Error(`got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
	}
}

// refused asks for a failure with this name: one client calls it code, the other
// name.
async function refused(promise, name) {
	let got = 'nothing';
	try {
		await promise;
	} catch (error) {
		got = error.code ?? error.name;
	}
	equal(got, name);
}

async function run(checks) {
	for (const [name, check] of Object.entries(checks)) {
		try {
			await check();
			console.log(`ok ${name}`);
		} catch (error) {
			console.log(`FAIL ${name}: ${error.code ?? error.name}: ${error.message}`);
			process.exitCode = 1;
		}
	}
}

module.exports = { equal, refused, run };
