"""The words that rules begin with: what health care must be able to say, and what is held at first.

`CLINICAL` is compared like every list: case, accents and width do not matter. A term of it is never
held by a word or a pattern, and neither is a word inside it (`Dick` in `Dick Smith`).
"""

from __future__ import annotations

_CLINICAL = """
abdomen; abdominal; abortion; abortions; abortive; abuse; abused; abuser; abuses; abusive; addict;
addicted; addiction; addictive; aids; alcohol; alcoholic; amphetamine; amphetamines; amputation; anal;
anal canal; anal cancer; anal fissure; anal fistula; anorectal; anus; arousal; asphyxia; assault;
assaulted; assisted dying; attempted suicide; autopsy; bisexual; bladder; bleed; bleeding; bleeds;
blood; bloody; bloody diarrhea; bloody diarrhoea; bone; bones; bowel; bowels; brain; breast; breastfeed;
breastfeeding; breasts; burn; burns; buttock; buttocks; cadaver; cannabis; castration;
cervical; cervix; cesarean; circumcision; clitoral; clitoris; cocaine; cock up; cockup; codeine; coitus;
colon; condom; condoms; contraception; copulation; crack cocaine; cunnilingus; dead; deadly; death;
deaths; defecate; defecation; dementia; depressed; depression; diarrhea; diarrhoea; dick smith; die;
died; dies; disabled; discharge; domestic abuse; domestic violence; dopamine; drug; drug test; drugged;
drugs; dying; ecstasy; ejaculate; ejaculation; enema; erect; erectile; erection; erections; euthanasia;
faecal; faeces; fecal; feces; female genital mutilation; fentanyl; fetal; fetus; fgm; fistula;
flatulence; flatus; foetus; foreskin; fracture; gag reflex; gangrene; gay; genital; genitalia; genitals;
ghb; glans; gonad; gonorrhea; gonorrhoea; groin; growth retardation; gunshot; hepatitis; heroin; herpes;
heterosexual; hiv; homicide; homosexual; hymen; hysterectomy; impotence; impotent; incest;
incontinence; infertile; injection; intercourse; intersex; jock itch; joint; joints; ketamine; kill;
killed; killer; killers; killing; kills; knee jerk; labia; labial; lesbian; lesbians; libido; lsd;
lynch syndrome; manic episode; marijuana; masturbate; masturbation; mdma; menopause; menses; menstrual;
menstruation; mental retardation; methadone; miscarriage; molest; molestation; mongolian spot; morphine;
mortality; murder; naked eye; narcotic; narcotics; necrosis; nipple; nipples; obese; obesity; opiate;
opiates; opioid; opioids; oral sex; orgasm; orgasmic; orgasms; ovaries; ovary; overdose; overdosed;
overdoses; paedophilia; paranoid; pcp; pedophilia; pelvic; pelvis; penetrate; penetrating; penetration;
penile; penis; penises; perineal; perineum; pill; pills; placenta; poison; poisoning; poisons;
pornography; postmortem; pregnancy; pregnant; prick test; prolapse; prostate; prostitute; prostitutes;
prostitution; puberty; pubic; pubis; queer; racism; rape; raped; rapes; rectal; rectum;
retardation; schizoid; schizophrenia; scrotal; scrotum; scunthorpe; secretion; seizure; seizures; semen;
semen analysis; seminal; sex; sexes; sexism; sexist; sexting; sexual; sexual abuse; sexual assault;
sexual health; sexuality; sexually; shooting; shot; shots; sick; skin prick; smear; smoke; smoking;
spastic bladder; spastic diplegia; spastic gait; spastic paraplegia; spastic quadriplegia; sperm;
spermicide; stab; stabbed; stabbing; stoma; stool; stools; stroke; strokes; sucking; suicidal; suicide;
suicides; swallow; syphilis; syringe; tampon; termination of pregnancy; testes; testicle;
testicles; testicular; testis; thrush; torture; toxic; trafficking; trans; transgender; transsexual;
trauma; tumor; tumour; ulcer; urethra; urinary; urinate; urination; urine; uterus; vagina; vaginal;
vaginismus; venereal; viagra; vibrator; victim; victims; violence; violent; virgin; virus; vomit;
vomiting; vulva; vulval; wang; white blood; white matter; womb; wound; wounded; wounds
"""

_CLINICAL_FRENCH = """
abus sexuel; accouchement; agression; agression sexuelle; alcool; allaitement; amputation; anal; anale;
anus; avortement; avortements; bite de moustique; bourses séreuses; cadavre; canal anal; cancer du sein;
cocaïne; col de l'utérus; cul de sac; diarrhée; drogue; drogues; drogué; dépendance; dépression;
euthanasie; excision; fesses; fissure anale; fécal; fécale; gay; gland; gonorrhée; grossesse; homosexuel;
homosexuelle; hymen; héroïne; impuissance; inceste; injection; ivg; ivre; lesbienne; mamelon;
masturbation; menstruation; meurtre; morphine; mort; mortalité; morte; morts; mutilation; ménopause; nu;
nue; obèse; obésité; orgasme; ovaire; overdose; pilule; poison; prostate; prostitution; prostituée;
préservatif; pubien; pubis; pénis; pénétration; périnée; queue de cheval; racisme; rapport sexuel;
rapports sexuels; rectal; rectum; saignement; saignements; sang; sein; seins; selle; selles; sexe; sexes;
sexualité; sexuel; sexuelle; sexuellement; sida; sperme; suicidaire; suicide; suicides; syphilis; tabac;
testicule; testicules; toxicomane; tuer; tumeur; tué; tuée; urine; utérus; vagin; vaginal; vaginale;
verge; vessie; viol; violence; violence conjugale; violences; violences faites aux femmes; violée;
vomissement; vulve; éjaculation; érection
"""

_STARTER = """
fuck; fucks; fucked; fucker; fuckers; fuckin; fucking; motherfucker; motherfuckers; motherfucking;
fuckwit; fuckwits; shit; shits; shitty; shithead; bullshit; wanker; wankers; wank; cunt; cunts; twat;
twats; bitch; bitches; asshole; assholes; arsehole; arseholes; dickhead; dickheads; cocksucker;
cocksuckers; bollocks; whore; whores; faggot; faggots; nigger; niggers; nigga; paki; pakis; raghead;
ragheads; towelhead; towelheads; wetback; wetbacks; kike; kikes; heil hitler; sieg heil;
kill yourself; 🖕; merde; merdique; putain; putains; pute; putes; salope; salopes; salaud; salauds;
connard; connards; connasse; connasses; enculé; enculés; enculer; enfoiré; enfoirés; foutre;
va te faire foutre; nique ta mère; fils de pute; bougnoule; bougnoules; youpin; youpins; tabarnak;
câlisse
"""


def _listed(source: str) -> tuple[str, ...]:
    lines = (term.strip() for line in source.strip().splitlines() for term in line.split(";"))
    return tuple(dict.fromkeys(term for term in lines if term))


CLINICAL = _listed(_CLINICAL + _CLINICAL_FRENCH)
"""Clinical vocabulary in English and French, and names that hide in it: no list can hold these."""

STARTER_WORDS = _listed(_STARTER)
"""Plain insults in English and French, with which the rules of a new event begin."""
