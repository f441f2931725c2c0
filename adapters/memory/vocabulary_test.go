package memory

import "testing"

func TestVocabularyForgets(t *testing.T) {
	t.Parallel()
	v := newVocabulary()
	drill, saw := v.add("drill", 1), v.add("saw", 1)
	v.add("drill", 2)
	v.remove(drill, 1)
	v.remove(saw, 1)
	if got := v.find("dril"); len(got) != 1 || got[drill] {
		t.Errorf("dril is similar to %v, want drill", got)
	}
	if got := v.find("saw"); len(got) != 0 {
		t.Errorf("saw is similar to %v after its last item went", got)
	}
	if again := v.add("spade", 3); again != saw || len(v.terms) != 2 {
		t.Errorf("a new word is number %d of %d, want %d again", again, len(v.terms), saw)
	}
}
