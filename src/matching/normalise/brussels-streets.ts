/**
 * Streets of the Brussels Region as their signs have them, Dutch = French, where the two names share no stem ("Brugmannlaan" and
 * "Avenue Brugmann" need no entry). A selection of the longest and most populous ones, until addresses carry the street
 * identifiers of BeSt Address, which hold all streets in both languages.
 * @see https://reuse.smals.be/nl/service/best-address
 */
export const BRUSSELS_STREETS = `
Wetstraat = Rue de la Loi; Nieuwstraat = Rue Neuve; Hoogstraat = Rue Haute; Koningsstraat = Rue Royale
Regentschapsstraat = Rue de la Régence; Naamsestraat = Rue de Namur; Louizalaan = Avenue Louise
Troonstraat = Rue du Trône; Kunstlaan = Avenue des Arts; Wetenschapsstraat = Rue de la Science
Handelsstraat = Rue du Commerce; Nijverheidsstraat = Rue de l'Industrie; Zennestraat = Rue de la Senne
Zuidstraat = Rue du Midi; Noordstraat = Rue du Nord; Kruidtuinlaan = Boulevard du Jardin Botanique
Beenhouwersstraat = Rue des Bouchers; Schildknaapsstraat = Rue de l'Ecuyer; Vlaamsesteenweg = Rue de Flandre
Alsembergsesteenweg = Chaussée d'Alsemberg; Bergensesteenweg = Chaussée de Mons
Charleroisesteenweg = Chaussée de Charleroi; Elsensesteenweg = Chaussée d'Ixelles; Gentsesteenweg = Chaussée de Gand
Haachtsesteenweg = Chaussée de Haecht; Leuvensesteenweg = Chaussée de Louvain; Ninoofsesteenweg = Chaussée de Ninove
Tervurenlaan = Avenue de Tervueren; Vleurgatsesteenweg = Chaussée de Vleurgat
Waterloosesteenweg = Chaussée de Waterloo; Waversesteenweg = Chaussée de Wavre
Etterbeeksesteenweg = Chaussée d'Etterbeek; Jetsesteenweg = Chaussée de Jette; Antwerpsesteenweg = Chaussée d'Anvers
Vilvoordsesteenweg = Chaussée de Vilvorde; Lakensestraat = Rue de Laeken; Bosvoordsesteenweg = Chaussée de Boitsfort
Boondaalsesteenweg = Chaussée de Boondael; Vorstsesteenweg = Chaussée de Forest
Neerstallesesteenweg = Chaussée de Neerstalle; Drogenbossesteenweg = Chaussée de Drogenbos
Sint-Jobsesteenweg = Chaussée de Saint-Job; Roodebeeksesteenweg = Chaussée de Roodebeek
Helmetsesteenweg = Chaussée de Helmet; Terhulpsesteenweg = Chaussée de La Hulpe; Romeinsesteenweg = Chaussée Romaine
Merchtemsesteenweg = Chaussée de Merchtem; Keizerslaan = Boulevard de l'Empereur
Keizerinlaan = Boulevard de l'Impératrice; Grote Markt = Grand-Place; Grasmarkt = Rue du Marché aux Herbes
Kolenmarkt = Rue du Marché au Charbon; Kiekenmarkt = Rue du Marché aux Poulets; Boterstraat = Rue au Beurre
Stoofstraat = Rue de l'Etuve; Eikstraat = Rue du Chêne; Violetstraat = Rue de la Violette
Vossenstraat = Rue des Renards; Huidevettersstraat = Rue des Tanneurs; Miniemenstraat = Rue des Minimes
Grote Zavel = Place du Grand Sablon; Kleine Zavel = Place du Petit Sablon; Zavelstraat = Rue des Sablons
Wolstraat = Rue aux Laines; Ruisbroekstraat = Rue de Ruysbroeck; Stalstraat = Rue des Etables
Kapellemarkt = Place de la Chapelle; Zespenningenstraat = Rue des Six Jetons; Vlasfabriekstraat = Rue de la Filature
Fabrieksstraat = Rue de la Fabrique; Papenvest = Rue du Rempart des Moines
Nieuwe Graanmarkt = Place du Nouveau Marché aux Grains; Oude Graanmarkt = Rue du Vieux Marché aux Grains
Baksteenkaai = Quai aux Briques; Brandhoutkaai = Quai au Bois à Brûler; Hooikaai = Quai au Foin
Kalkkaai = Quai à la Chaux; Varkensmarkt = Marché aux Porcs; Visverkopersstraat = Rue des Poissonniers
Komediantenstraat = Rue des Comédiens; Bergstraat = Rue de la Montagne; Warmoesberg = Montagne aux Herbes Potagères
Wolvengracht = Rue Fossé aux Loups; Broekstraat = Rue du Marais; Zandstraat = Rue des Sables
Sint-Goriksplein = Place Saint-Géry; Sint-Katelijneplein = Place Sainte-Catherine; Begijnhofstraat = Rue du Béguinage
Groot Godshuisstraat = Rue du Grand Hospice; Arduinkaai = Quai aux Pierres de Taille; Circusstraat = Rue du Cirque
Vrijheidsplein = Place de la Liberté; Drukpersstraat = Rue de la Presse; Eredienststraat = Rue des Cultes
Parlementsstraat = Rue du Parlement; Hertogsstraat = Rue Ducale; Barricadenplein = Place des Barricades
Onderrichtsstraat = Rue de l'Enseignement; Verenigingsstraat = Rue de l'Association
Weldoenersplein = Place des Bienfaiteurs; Paleizenstraat = Rue des Palais; Vooruitgangstraat = Rue du Progrès
Aarschotstraat = Rue d'Aerschot; Groenstraat = Rue Verte; Weidestraat = Rue de la Prairie
Landbouwstraat = Rue de l'Agriculture; Azalealaan = Avenue des Azalées
Koninklijke Sinte-Mariastraat = Rue Royale Sainte-Marie; Olijftakstraat = Rue Rameau d'Olivier
Zegeplein = Place de la Victoire; Overwinningsstraat = Rue de la Victoire; Munthofstraat = Rue de l'Hôtel des Monnaies
Voorplein = Parvis; Sint-Gillisvoorplein = Parvis Saint-Gilles; Engelandstraat = Rue d'Angleterre
Frankrijkstraat = Rue de France; Spaanjestraat = Rue d'Espagne; Spanjestraat = Rue d'Espagne
Denemarkenstraat = Rue du Danemark; Zwedenstraat = Rue de Suède; Ruslandstraat = Rue de Russie
Schotlandstraat = Rue d'Ecosse; Parmastraat = Rue de Parme; Moskoustraat = Rue de Moscou
Aquaductstraat = Rue de l'Aqueduc; Baljuwstraat = Rue du Bailli; Livornostraat = Rue de Livourne
Abdijstraat = Rue de l'Abbaye; Elyzeese Veldenstraat = Rue des Champs Elysées; Vredestraat = Rue de la Paix
Raadstraat = Rue du Conseil; Kluisstraat = Rue de l'Ermitage; Maliestraat = Rue du Mail
Wasserijstraat = Rue de la Blanchisserie; Meiboomstraat = Rue de l'Arbre Bénit
Gewijde-Boomstraat = Rue de l'Arbre Bénit; Lange Haagstraat = Rue de la Longue Haie; Kroonlaan = Avenue de la Couronne
Hippodroomlaan = Avenue de l'Hippodrome; Renbaanlaan = Avenue de l'Hippodrome
Ruiterijlaan = Boulevard de la Cavalerie; Kazernelaan = Avenue des Casernes; Jachtlaan = Avenue de la Chasse
Jachthofstraat = Cour de la Chasse; Batavierenstraat = Rue des Bataves; Galliërslaan = Avenue des Gaulois
Keltenlaan = Avenue des Celtes; Nerviërslaan = Avenue des Nerviens; Frankenstraat = Rue des Francs
Menapiërsstraat = Rue des Ménapiens; Gerechtsstraat = Rue de la Justice; Adelaarstraat = Rue de l'Aigle
Tongerenstraat = Rue des Tongres; Speelgoedlaan = Clos des Jouets; Kerselarenlaan = Avenue des Cerisiers
Perenbomenlaan = Avenue des Poiriers; Lindelaan = Avenue des Tilleuls; Lindenlaan = Avenue des Tilleuls
Eikenlaan = Avenue des Chênes; Beukenlaan = Avenue des Hêtres; Kastanjelaan = Avenue des Marronniers
Populierenlaan = Avenue des Peupliers; Acacialaan = Avenue des Acacias; Rozenlaan = Avenue des Roses
Tulpenlaan = Avenue des Tulipes; Seringenlaan = Avenue des Lilas; Nachtegalenlaan = Avenue des Rossignols
Merellaan = Avenue du Merle; Leeuwerikenlaan = Avenue des Alouettes; Zwaluwenlaan = Avenue des Hirondelles
Konijnenstraat = Rue des Lapins; Hertstraat = Rue du Cerf; Kerkstraat = Rue de l'Eglise; Schoolstraat = Rue de l'Ecole
Scholenstraat = Rue des Ecoles; Gemeenteplein = Place Communale; Raadsplein = Place du Conseil
Dapperheidsplein = Place de la Vaillance; Waalse Krook = Place du Conseil; Verzetsplein = Place de la Résistance
Kliniekstraat = Rue de la Clinique; Veeartsenstraat = Rue des Vétérinaires; Kapelaanstraat = Rue du Chapelain
Dorpsstraat = Rue du Village; Veldstraat = Rue des Champs; Molenstraat = Rue du Moulin
Windmolenstraat = Rue du Moulin à Vent; Kasteelstraat = Rue du Château; Parkstraat = Rue du Parc
Statiestraat = Rue de la Station; Stationsstraat = Rue de la Station; Kerkhofstraat = Rue du Cimetière
Begraafplaatslaan = Avenue du Cimetière; Bosstraat = Rue du Bois; Ter Kamerenlaan = Avenue de la Cambre
Zoniënwoudlaan = Avenue de la Forêt de Soignes; Woudlaan = Avenue de la Forêt; Brouwerijstraat = Rue de la Brasserie
Hospitaalstraat = Rue de l'Hôpital; Gasthuisstraat = Rue de l'Hôpital; Brugstraat = Rue du Pont
Kanaalstraat = Rue du Canal; Havenlaan = Avenue du Port; Akenkaai = Quai des Péniches
Werkhuizenkaai = Quai des Usines; Koolmijnenkaai = Quai des Charbonnages; Henegouwenkaai = Quai du Hainaut
Materialenkaai = Quai des Matériaux; Negende Linielaan = Boulevard du Neuvième de Ligne
Diksmuidelaan = Boulevard de Dixmude; IJzerlaan = Avenue de l'Yser; Jubelfeestlaan = Boulevard du Jubilé
Vrijwilligerslaan = Avenue des Volontaires; Keizer Karellaan = Avenue Charles-Quint
Landsroemlaan = Avenue de la Gloire Nationale; Basiliekvoorplein = Parvis de la Basilique
Eeuwfeestlaan = Boulevard du Centenaire; Prins Leopoldsquare = Square Prince Léopold
Koninginnelaan = Avenue de la Reine; Onze-Lieve-Vrouwlaan = Avenue Notre-Dame
Tentoonstellingslaan = Avenue de l'Exposition; Ziekenhuislaan = Avenue de l'Hôpital
Sint-Denijsstraat = Rue Saint-Denis; Brusselsesteenweg = Chaussée de Bruxelles; Wijngaardenlaan = Avenue des Vignes
Zevenbronnenstraat = Rue des Sept Fontaines; Beeldhouwerslaan = Avenue des Statuaires
Sterrewachtlaan = Avenue de l'Observatoire; Kasteel de Wolvendaellaan = Avenue Wolvendael
Vorstlaan = Boulevard du Souverain; Waterbronnenlaan = Avenue des Sources; Herdersliedstraat = Rue de la Pastorale
Middelburgstraat = Rue Middelbourg; Wijndaalplein = Place du Vignoble; Filmlaan = Avenue du Cinéma
Paviljoenstraat = Rue du Pavillon; Vlaanderenstraat = Rue de Flandre; Ambachtenlaan = Avenue des Métiers
Ambachtsliedenstraat = Rue des Artisans; Pastoorstraat = Rue du Curé; Burgemeesterstraat = Rue du Bourgmestre
Priemstraat = Rue du Poinçon; Spoormakersstraat = Rue des Eperonniers; Kaasmarkt = Rue du Marché aux Fromages
Haringstraat = Rue du Hareng; Predikherenstraat = Rue des Dominicains; Ridderstraat = Rue du Chevalier
Zwaluwstraat = Rue de l'Hirondelle; Bisschopsstraat = Rue de l'Evêque; Muntplein = Place de la Monnaie
Martelaarsplein = Place des Martyrs; Beursplein = Place de la Bourse; Sint-Pieterstraat = Rue Saint-Pierre
Finisterraestraat = Rue du Finistère
Jozef II-straat = Rue Joseph II; Sint-Joostplein = Place Saint-Josse; Vuurkruisenlaan = Avenue des Croix du Feu
Terkamerenlaan = Boulevard de la Cambre; Landhuizenstraat = Rue des Cottages; Notelaarsstraat = Rue du Noyer
Helihavenlaan = Avenue de l'Héliport; Vierwindenstraat = Rue des Quatre Vents; Visserijstraat = Rue des Pêcheries
Gerijstraat = Rue du Charroi; Maria-Louizasquare = Square Marie-Louise; Parnassushof = Clos du Parnasse
Trierstraat = Rue de Trèves; Aarlenstraat = Rue d'Arlon; Marsveldstraat = Rue du Champ de Mars
Vrijheidslaan = Avenue de la Liberté; Onafhankelijkheidsstraat = Rue de l'Indépendance; Sluisstraat = Rue de l'Ecluse
Nijverheidskaai = Quai de l'Industrie; Heizelstraat = Rue du Heysel; Zaterdagplein = Place du Samedi
Lakenweversstraat = Rue des Drapiers; Guldenvlieslaan = Avenue de la Toison d'Or; Spiegelstraat = Rue du Miroir
Nieuwland = Rue Terre-Neuve; Prins van Luikstraat = Rue du Prince de Liège; Tweestationsstraat = Rue des Deux Gares
Onderwijsstraat = Rue de l'Instruction; Grondelstraat = Rue des Goujons; Bronstraat = Rue de la Source
Leuvenseplein = Place de Louvain; Eedgenotenstraat = Rue des Confédérés; Patriottenstraat = Rue des Patriotes
Karel de Grotelaan = Boulevard Charlemagne; Correggiostraat = Rue du Corrège; Oudergemlaan = Avenue d'Auderghem
Legerlaan = Avenue de l'Armée; Ooievaarstraat = Rue de la Cigogne; Sint-Pietersstraat = Rue Saint-Pierre
Sint-Michielsstraat = Rue Saint-Michel; Sint-Jansstraat = Rue Saint-Jean; Sint-Jozefsstraat = Rue Saint-Joseph
Sint-Mariastraat = Rue Sainte-Marie; Sint-Antoniusstraat = Rue Saint-Antoine; Sint-Niklaasstraat = Rue Saint-Nicolas
Sint-Laurentiusstraat = Rue Saint-Laurent; Sint-Goedeleplein = Place Sainte-Gudule; Sint-Annastraat = Rue Sainte-Anne
Sint-Franciscusstraat = Rue Saint-François; Sint-Gisleinsstraat = Rue Saint-Ghislain
Sint-Martinusstraat = Rue Saint-Martin; Sint-Rochusstraat = Rue Saint-Roch; Sint-Hubertusstraat = Rue Saint-Hubert
`
