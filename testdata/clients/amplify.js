// aws-amplify, version 6, against the local user pool at $BASE_URL: what an app
// with sign-up, sign-in, a profile and sign-out calls.
'use strict';

const { createHmac, randomUUID } = require('node:crypto');
const { Amplify } = require('aws-amplify');
const auth = require('aws-amplify/auth');
const { cognitoUserPoolsTokenProvider } = require('aws-amplify/auth/cognito');
const { equal, refused, run } = require('./checks.js');

const code = '123456';
const passphrase = 'Correct horse 1';

Amplify.configure({
	Auth: { Cognito: { userPoolId: 'us-east-1_local', userPoolClientId: 'localclient', userPoolEndpoint: process.env.BASE_URL } },
});

// Amplify keeps tokens in the browser's storage unless given another.
const values = new Map();
cognitoUserPoolsTokenProvider.setKeyValueStorage({
	getItem: async (key) => values.get(key) ?? null,
	setItem: async (key, value) => void values.set(key, value),
	removeItem: async (key) => void values.delete(key),
	clear: async () => values.clear(),
});

async function signUp(options) {
	values.clear(); // of a check that failed: Amplify refuses to sign in where a user is signed in
	const username = `amplify-${randomUUID()}@example.com`;
	const { userId, nextStep } = await auth.signUp({ username, password: passphrase, options: { userAttributes: { email: username } } });
	equal(nextStep.signUpStep, 'CONFIRM_SIGN_UP');
	equal(nextStep.codeDeliveryDetails.destination, 'a***@e***');
	await auth.resendSignUpCode({ username });
	const confirmed = await auth.confirmSignUp({ username, confirmationCode: code });
	equal(confirmed.isSignUpComplete, true);
	const { isSignedIn } = await auth.signIn({ username, password: passphrase, options });
	equal(isSignedIn, true);
	return { username, userId };
}

// totp is what an authenticator app shows at a time (RFC 6238).
function totp(sharedSecret, milliseconds) {
	const bits = [...sharedSecret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(milliseconds / 30000)));
	const mac = createHmac('sha1', key).update(step).digest();
	return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

const checks = {
	async 'signs up, confirms, signs in by SRP and signs out'() {
		const { username, userId } = await signUp();
		const { tokens, userSub } = await auth.fetchAuthSession();
		equal(tokens.idToken.payload.email, username);
		equal(userSub, userId);
		equal((await auth.getCurrentUser()).userId, userId);
		equal((await auth.fetchUserAttributes()).email_verified, 'true');
		await auth.signOut();
		equal((await auth.fetchAuthSession()).tokens, undefined);
	},
	async 'refreshes on request, and not once signed out elsewhere'() {
		await signUp();
		const first = (await auth.fetchAuthSession()).tokens;
		for (let n = 0; n < 2; n++) {
			const { tokens } = await auth.fetchAuthSession({ forceRefresh: true });
			equal(tokens.idToken.payload.origin_jti, first.idToken.payload.origin_jti);
			equal(tokens.idToken.payload.jti === first.idToken.payload.jti, false);
		}
		await auth.fetchUserAttributes();
		const kept = new Map(values);
		await auth.signOut({ global: true });
		kept.forEach((value, key) => values.set(key, value));
		await refused(auth.fetchUserAttributes(), 'NotAuthorizedException');
		equal((await auth.fetchAuthSession({ forceRefresh: true })).tokens, undefined);
		equal(values.size, 0);
	},
	async 'signs in by password when configured to'() {
		await signUp({ authFlowType: 'USER_PASSWORD_AUTH' });
		await auth.signOut();
	},
	async 'changes attributes, and the e-mail once it is verified'() {
		const { username } = await signUp();
		const email = `new-${username}`;
		const steps = await auth.updateUserAttributes({ userAttributes: { name: 'Ada', email } });
		equal(steps.name.nextStep.updateAttributeStep, 'DONE');
		equal(steps.email.nextStep.updateAttributeStep, 'CONFIRM_ATTRIBUTE_WITH_CODE');
		equal(steps.email.nextStep.codeDeliveryDetails.destination, 'n***@e***');
		equal((await auth.fetchUserAttributes()).email, username);
		await auth.sendUserAttributeVerificationCode({ userAttributeKey: 'email' });
		await refused(auth.confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: '000000' }), 'CodeMismatchException');
		await auth.confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: code });
		await refused(auth.updateUserAttributes({ userAttributes: { locale: 'en' } }), 'NotAuthorizedException');
		equal((await auth.fetchUserAttributes()).name, 'Ada');
		await auth.deleteUserAttributes({ userAttributeKeys: ['name'] });
		const { sub, ...attributes } = await auth.fetchUserAttributes();
		equal(JSON.stringify(attributes), JSON.stringify({ email, email_verified: 'true' }));
		await auth.signOut();
		await auth.signIn({ username: email, password: passphrase });
		await auth.signOut();
	},
	async 'changes and recovers a password'() {
		const { username } = await signUp();
		await auth.updatePassword({ oldPassword: passphrase, newPassword: 'Another horse 2' });
		await auth.signOut();
		const { nextStep } = await auth.resetPassword({ username });
		equal(nextStep.resetPasswordStep, 'CONFIRM_RESET_PASSWORD_WITH_CODE');
		await auth.confirmResetPassword({ username, confirmationCode: code, newPassword: 'A third horse 3' });
		await refused(auth.signIn({ username, password: passphrase }), 'NotAuthorizedException');
		await auth.signIn({ username, password: 'A third horse 3' });
		await auth.signOut();
	},
	async 'asks for the code of an authenticator app'() {
		const { username } = await signUp();
		const { sharedSecret } = await auth.setUpTOTP();
		const now = Date.now();
		await auth.verifyTOTPSetup({ code: totp(sharedSecret, now) });
		await auth.updateMFAPreference({ totp: 'PREFERRED' });
		equal((await auth.fetchMFAPreference()).preferred, 'TOTP');
		await auth.signOut();
		const { nextStep } = await auth.signIn({ username, password: passphrase });
		equal(nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_TOTP_CODE');
		await refused(auth.confirmSignIn({ challengeResponse: '000000' }), 'CodeMismatchException');
		// Each code serves once; that of the next half minute is good already.
		const { isSignedIn } = await auth.confirmSignIn({ challengeResponse: totp(sharedSecret, now + 30000) });
		equal(isSignedIn, true);
		await auth.updateMFAPreference({ totp: 'DISABLED' });
		await auth.signOut();
		equal((await auth.signIn({ username, password: passphrase })).isSignedIn, true);
		await auth.signOut();
	},
	async 'gets an error for what the pool has not'() {
		const { username } = await signUp();
		await refused(auth.fetchDevices(), 'InvalidParameterException');
		await refused(auth.associateWebAuthnCredential(), 'WebAuthnNotEnabledException');
		equal((await auth.listWebAuthnCredentials()).credentials.length, 0);
		await auth.signOut();
		await refused(auth.signIn({ username, password: passphrase, options: { authFlowType: 'USER_AUTH' } }), 'InvalidParameterException');
	},
	async 'deletes its user'() {
		const { username } = await signUp();
		await auth.deleteUser();
		await refused(auth.signIn({ username, password: passphrase }), 'NotAuthorizedException');
	},
};

run(checks);
